import { expect, test } from 'vitest'
import duplicateLineCharRatio from '../../src/filters/duplicate_line_char_ratio.ts'
import { measured } from '../support.ts'

test.each<[text: string, options: object, value: number]>([
  ['', {}, 0],
  ['ab\nab', {}, 0.4],
  ['ab\n\nab', {}, 2 / 6],
  ['😀😀\n😀😀', {}, 0.4],
  ['ab\nab', { denominator: 'text_without_newlines' }, 0.5],
  ['\n\n', { denominator: 'text_without_newlines' }, 0],
  ['  \n  \nab', { line_split: 'not_blank' }, 0],
])('%j with %j measures %d', async (text, options, value) => {
  expect(await measured(duplicateLineCharRatio, text, options)).toBe(value)
})
