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
  ['aa\nb\naa', { count: 'all', denominator: 'segment_chars' }, 0.8],
  [' aa \nb\naa', { count: 'all', line_split: 'trimmed', denominator: 'segment_chars' }, 0.8],
  // Lines of spaces repeat, though they hold nothing that counts below.
  ['  \n  \nab', { count: 'all', line_split: 'newline', denominator: 'non_space_chars' }, 2],
  ['  \n  ', { count: 'all', line_split: 'newline', denominator: 'non_space_chars' }, 0],
  ['😀\n😀\nab', { count: 'all', denominator: 'non_space_chars' }, 0.5],
])('%j with %j measures %d', async (text, options, value) => {
  expect(await measured(duplicateLineCharRatio, text, options)).toBe(value)
})
