import { expect, test } from 'vitest'
import dropScoredSentences from '../../src/editors/drop_scored_sentences.ts'
import { edited, repository } from '../support.ts'

const model = `${repository}fixtures/models/softmax_bigrams.bin`
const kitchen = 'Salt the dough with butter.'
const garden = 'The roses grew along the hedge.'

test.each<[text: string, options: object, becomes: string]>([
  ['', {}, ''],
  [garden, {}, garden],
  [kitchen, {}, ''],
  [`${garden} ${kitchen}\n${garden}`, {}, `${garden} \n${garden}`],
  [`${garden} ${kitchen}`, { label: '__label__garden' }, ` ${kitchen}`],
  [`${garden} ${kitchen}`, { min_score: 0 }, ' '],
])('%j with %j becomes %j', async (text, options, becomes) => {
  expect(await edited(dropScoredSentences, text, { model, label: '__label__kitchen', min_score: 0.4, ...options })).toBe(becomes)
})
