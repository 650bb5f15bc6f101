import { expect, test } from 'vitest'
import cleanedCharCount from '../../src/filters/cleaned_char_count.ts'
import { measured } from '../support.ts'

test.each<[text: string, value: number]>([
  ['', 0],
  ['?!', 0],
  [' a,  b.\n', 3],
  // Only ASCII punctuation goes.
  ['a — “b”', 7],
  ['a\u00a0\u3000b\ufeff', 4],
  ['日本, 😀', 4],
])('%j measures %d', async (text, value) => {
  expect(await measured(cleanedCharCount, text)).toBe(value)
})
