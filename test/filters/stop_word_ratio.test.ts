import { expect, test } from 'vitest'
import stopWordRatio from '../../src/filters/stop_word_ratio.ts'
import { measured, repository } from '../support.ts'

const en = { list: `${repository}pipelines/lists/stop_words_en.txt` }

test.each<[text: string, options: object, value: number]>([
  ['', en, 0],
  ['...', { ...en, tokenizer: 'normalized' }, 0],
  ['The cat and the dog', en, 2 / 5],
  ['The cat and the dog', { ...en, ignore_case: true }, 3 / 5],
  // A list entry with an apostrophe is three words to wordpunct.
  ["aren't", { ...en, tokenizer: 'wordpunct' }, 1 / 3],
  ["aren't", { ...en, tokenizer: 'whitespace' }, 1],
  ['Ernst und Ordnung', { list: `${repository}pipelines/lists/stop_words_de.txt` }, 1],
  ['ernst und ordnung', { list: `${repository}pipelines/lists/stop_words_de.txt` }, 1 / 3],
])('%j with %j measures %d', async (text, options, value) => {
  expect(await measured(stopWordRatio, text, options)).toBe(value)
})
