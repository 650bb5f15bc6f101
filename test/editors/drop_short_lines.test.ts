import { expect, test } from 'vitest'
import dropShortLines from '../../src/editors/drop_short_lines.ts'
import { edited } from '../support.ts'

test.each<[text: string, options: object, becomes: string]>([
  ['', { min_words: 3 }, ''],
  ['a b\na b c\n\nd  e\tf', { min_words: 3 }, 'a b c\nd  e\tf'],
  ['a, b', { min_words: 2 }, 'a, b'],
  ['日本語の文章', { min_words: 2 }, ''],
  ['a\u3000b\u00a0c', { min_words: 3 }, 'a\u3000b\u00a0c'],
  ['a\n\n \na b', { min_words: 2, empty_lines: 'kept' }, '\na b'],
])('%j with %j becomes %j', async (text, options, becomes) => {
  expect(await edited(dropShortLines, text, options)).toBe(becomes)
})
