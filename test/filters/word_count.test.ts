import { expect, test } from 'vitest'
import wordCount from '../../src/filters/word_count.ts'
import { measured } from '../support.ts'

test.each<[text: string, options: object, value: number]>([
  ['', {}, 0],
  ['... !? — “”', {}, 0],
  ['one, two; three.', {}, 3],
  ["don't", {}, 2],
  ['mother-in-law', {}, 3],
  ['€ § ™', {}, 3],
  ['привет мир', {}, 2],
  ['日本語', {}, 1],
  ['😀 👍', {}, 2],
  ['one, two -- three', { tokenizer: 'whitespace' }, 3],
  ['one\u0085two\u001cthree', { tokenizer: 'whitespace' }, 3],
  ['one, two -- three', { tokenizer: 'whitespace', words: 'all' }, 4],
  ['', { words: 'all' }, 0],
  ['one, -- two (three', { tokenizer: 'fasttext', words: 'all' }, 2],
])('%j with %j measures %d', async (text, options, value) => {
  expect(await measured(wordCount, text, options)).toBe(value)
})
