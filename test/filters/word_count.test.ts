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
  ['He said "no".', { tokenizer: 'nltk_english' }, 3],
  ['one ։ two ‼ three !', {}, 3],
  ['one ։ two ‼ three !', { symbol_set: 'common' }, 5],
  ['one\u0085two\u001cthree', { tokenizer: 'whitespace' }, 3],
  ['one, two -- three', { tokenizer: 'whitespace', symbol_set: 'none' }, 4],
  ['', { symbol_set: 'none' }, 0],
  ['one, -- two (three', { tokenizer: 'fasttext', symbol_set: 'none' }, 2],
])('%j with %j measures %d', async (text, options, value) => {
  expect(await measured(wordCount, text, options)).toBe(value)
})
