import { describe, expect, test } from 'vitest'
import perplexity from '../../src/filters/perplexity.ts'
import { measured, repository } from '../support.ts'

const model = `${repository}fixtures/models/language.trie`
const sentencepiece = `${repository}fixtures/models/unigram.sp.model`

// what cc_net's normalizer, SentencePiece and KenLM give
describe.each<[text: string, whole: number, lines: number, words: number, raw: number]>([
  ['The oven and the tomatoes grew.', 56.3, 56.3, 301.8, 89.61648979790657],
  ['', 68.4, 68.4, 68.4, 68.35502414682387],
  ['The roses grew along the warm wall\nwhile we watered the plants.', 50.6, 13.7, 334.6, 11.581268364140348],
  ['  \n ', 68.4, 68.4, 68.4, 68.35502414682387],
  ['в саду росли розы 1984', 83.5, 83.5, 289.6, 24.692808913115993],
  ['日本語 … “x”', 370.4, 370.4, 250.7, 274.87890349780537],
  ['Stir the onions with butter until soft, then add flour!', 5.6, 5.6, 330.2, 18.399961740137883],
])('%j', (text, whole, lines, words, raw) => {
  test('as one sentence, as CCNet has it', async () => {
    expect(await measured(perplexity, text, { model, sentencepiece, decimals: 1 })).toBe(whole)
  })
  test('line by line', async () => {
    expect(await measured(perplexity, text, { model, sentencepiece, sentences: 'lines', decimals: 1 })).toBe(lines)
  })
  test('by words', async () => {
    expect(await measured(perplexity, text, { model, decimals: 1 })).toBe(words)
  })
  test('as it stands', async () => {
    expect(await measured(perplexity, text, { model, sentencepiece, normalizer: 'none' })).toBeCloseTo(raw, 10)
  })
})

test('a model that is not there', async () => {
  await expect(measured(perplexity, 'a', { model: 'none.arpa.bin' })).rejects.toThrow('none.arpa.bin cannot be read (ENOENT)')
})
