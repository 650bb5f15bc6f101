import { expect, test } from 'vitest'
import duplicateLineRatio from '../../src/filters/duplicate_line_ratio.ts'
import { measured } from '../support.ts'

test.each<[text: string, options: object, value: number]>([
  ['', {}, 0],
  ['a\na', {}, 0.5],
  ['a\nb\na\na', {}, 0.5],
  ['a\n\n\na', {}, 0.5],
  // Lines are compared as they are.
  ['a\na ', {}, 0],
  ['\na\n', {}, 1 / 3],
  ['a\n\nb\n\nc', { line_split: 'newline' }, 0.2],
  ['a\n\nb\n\nc', { line_split: 'not_blank' }, 0],
  ['a\r\na\u2028a', { line_split: 'python' }, 2 / 3],
  ['', { line_split: 'python' }, 0],
  ['a\nb\na\na', { count: 'all' }, 0.75],
  [' a\na \n\nb', { count: 'all', line_split: 'trimmed' }, 2 / 3],
  ['a', { count: 'all', line_split: 'trimmed' }, 0],
  ['', { count: 'all', line_split: 'trimmed' }, 0],
])('%j with %j measures %d', async (text, options, value) => {
  expect(await measured(duplicateLineRatio, text, options)).toBe(value)
})
