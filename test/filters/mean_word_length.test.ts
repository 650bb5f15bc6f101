import { expect, test } from 'vitest'
import meanWordLength from '../../src/filters/mean_word_length.ts'
import { measured } from '../support.ts'

test.each<[text: string, options: object, value: number]>([
  ['', {}, 0],
  ['... ?!', {}, 0],
  ['one three', {}, 4],
  ['one, three.', {}, 4],
  ['мир', {}, 3],
  ['😀 ab', {}, 1.5],
  ["don't", {}, 2.5],
  ['one ։ three', {}, 4],
  ['one ։ three', { symbol_set: 'common' }, 3],
  ["don't", { tokenizer: 'whitespace' }, 5],
  ['"don\'t"', { tokenizer: 'nltk_english' }, 2.5],
  ['one - three', { tokenizer: 'whitespace', symbol_set: 'none' }, 3],
])('%j with %j measures %d', async (text, options, value) => {
  expect(await measured(meanWordLength, text, options)).toBe(value)
})
