import { expect, test } from 'vitest'
import longLineCount from '../../src/filters/long_line_count.ts'
import { measured } from '../support.ts'

test.each<[text: string, options: object, value: number]>([
  ['', { min_length: 1 }, 0],
  ['ab\nabc\nabcd', { min_length: 3 }, 2],
  ['日本語', { min_length: 3 }, 1],
  ['😀😀', { min_length: 3 }, 0],
  [`${'a'.repeat(199)}\n${'b'.repeat(200)}`, { min_length: 200 }, 1],
])('%j with %j measures %d', async (text, options, value) => {
  expect(await measured(longLineCount, text, options)).toBe(value)
})
