import { expect, test } from 'vitest'
import shortLineRatio from '../../src/filters/short_line_ratio.ts'
import { measured } from '../support.ts'

test.each<[text: string, options: object, value: number]>([
  ['', { max_length: 30 }, 0],
  ['a'.repeat(30), { max_length: 30 }, 1],
  ['a'.repeat(31), { max_length: 30 }, 0],
  ['😀'.repeat(30), { max_length: 30 }, 1],
  ['😀'.repeat(31), { max_length: 30 }, 0],
  ['a\n\nlong', { max_length: 1 }, 0.5],
  ['a\n\nlong', { max_length: 1, line_split: 'newline' }, 2 / 3],
])('%j with %j measures %d', async (text, options, value) => {
  expect(await measured(shortLineRatio, text, options)).toBe(value)
})
