import { expect, test } from 'vitest'
import longLineCharRatio from '../../src/filters/long_line_char_ratio.ts'
import { measured } from '../support.ts'

test.each<[text: string, options: object, value: number]>([
  ['', { min_length: 3 }, 0],
  ['abc\na', { min_length: 3 }, 0.75],
  ['ab\na', { min_length: 3 }, 0],
  ['😀😀\nab', { min_length: 3 }, 0],
  ['\n\n', { min_length: 3 }, 0],
])('%j with %j measures %d', async (text, options, value) => {
  expect(await measured(longLineCharRatio, text, options)).toBe(value)
})
