import { expect, test } from 'vitest'
import letterCharRatio from '../../src/filters/letter_char_ratio.ts'
import { measured } from '../support.ts'

test.each<[text: string, options: object, value: number]>([
  ['', {}, 0],
  ['a1', {}, 0.5],
  ['e\u0301', {}, 1],
  ['日本 ', {}, 2 / 3],
  ['𝐀😀', {}, 0.5],
  ['123', {}, 0],
])('%j with %j measures %d', async (text, options, value) => {
  expect(await measured(letterCharRatio, text, options)).toBe(value)
})
