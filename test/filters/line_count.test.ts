import { expect, test } from 'vitest'
import lineCount from '../../src/filters/line_count.ts'
import { measured } from '../support.ts'

test.each<[text: string, options: object, value: number]>([
  ['', {}, 0],
  ['\n', {}, 1],
  ['a\r\nb\u2028c', {}, 3],
  ['a\n\nb', { line_split: 'newline' }, 3],
  ['a\n\nb', { line_split: 'not_blank' }, 2],
  ['one', {}, 1],
  ['one\n', {}, 1],
  ['one\r\n\ntwo\u2028three', {}, 4],
  ['one\r\n\ntwo\u2028three', { line_split: 'newline_ends' }, 3],
  ['one\n', { line_split: 'newline' }, 2],
  ['一\n😀', {}, 2],
])('%j with %j measures %d', async (text, options, value) => {
  expect(await measured(lineCount, text, options)).toBe(value)
})
