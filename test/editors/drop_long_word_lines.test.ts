import { expect, test } from 'vitest'
import dropLongWordLines from '../../src/editors/drop_long_word_lines.ts'
import { edited } from '../support.ts'

test.each<[text: string, options: object, becomes: string]>([
  ['', { max_length: 3 }, ''],
  ['abc\nabcd\nab', { max_length: 3 }, 'abc\nab'],
  ['a abcd b', { max_length: 3 }, ''],
  ['😀😀😀', { max_length: 3 }, '😀😀😀'],
  ['😀😀😀😀', { max_length: 3 }, ''],
  ['abc\u2003def', { max_length: 3 }, 'abc\u2003def'],
  [`${'x'.repeat(1000)}\n${'y'.repeat(1001)}`, { max_length: 1000 }, 'x'.repeat(1000)],
])('%j with %j becomes %j', async (text, options, becomes) => {
  expect(await edited(dropLongWordLines, text, options)).toBe(becomes)
})
