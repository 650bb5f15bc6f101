import { expect, test } from 'vitest'
import trimShortLines from '../../src/editors/trim_short_lines.ts'
import { edited } from '../support.ts'

test.each<[text: string, options: object, becomes: string]>([
  ['', { max_length: 3 }, ''],
  ['ab\nlong\n\nx\nlong\ny', { max_length: 3 }, 'long\n\nx\nlong'],
  ['abc', { max_length: 3 }, ''],
  ['abcd', { max_length: 3 }, 'abcd'],
  ['😀😀😀\n😀😀😀😀', { max_length: 3 }, '😀😀😀😀'],
  ['long\n\n\n', { max_length: 0 }, 'long'],
])('%j with %j becomes %j', async (text, options, becomes) => {
  expect(await edited(trimShortLines, text, options)).toBe(becomes)
})
