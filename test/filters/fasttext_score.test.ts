import { expect, test } from 'vitest'
import fasttextScore from '../../src/filters/fasttext_score.ts'
import { measured, repository } from '../support.ts'

const model = `${repository}fixtures/models/softmax_bigrams.bin`

test.each<[text: string, label: string, value: number]>([
  ['', '__label__garden', 0],
  [' \n', '__label__garden', 0],
  ['hedge along watered flower young dug seed evening seed', '__label__garden', 0.9994811],
  ['hedge along watered flower\nyoung dug seed evening seed', '__label__garden', 0.9994811],
  ['hedge along watered flower young dug seed evening seed', '__label__сад', 0.0001232],
])('%j: %s %d', async (text, label, value) => {
  expect(await measured(fasttextScore, text, { model, label })).toBeCloseTo(value, 5)
})

test('a line break is a space, or nothing', async () => {
  const garden = { model, label: '__label__garden' }
  const text = 'roses in the gar\nden'
  expect(await measured(fasttextScore, text, garden)).toBe(await measured(fasttextScore, 'roses in the gar den', garden))
  expect(await measured(fasttextScore, text, { ...garden, newlines: 'nothing' })).toBe(
    await measured(fasttextScore, 'roses in the garden', garden),
  )
})

test('a label that the model does not know', async () => {
  await expect(measured(fasttextScore, 'a', { model, label: '__label__gardn' })).rejects.toThrow(
    'the model has no label "__label__gardn"; did you mean __label__garden?',
  )
})

test('the mean of paragraphs or sentences', async () => {
  const garden = { model, label: '__label__garden' }
  const [roses, oven] = await Promise.all(
    ['roses in the garden', 'bread in the oven.'].map((text) => measured(fasttextScore, text, garden)),
  )
  const mean = (roses! + oven!) / 2
  expect(await measured(fasttextScore, 'roses in the garden\n\n\nbread in the oven.\n\n', { ...garden, per: 'paragraph' })).toBe(mean)
  expect(await measured(fasttextScore, 'bread in the oven. roses in the garden', { ...garden, per: 'sentence' })).toBe(mean)
  expect(await measured(fasttextScore, '\n\n \n\n', { ...garden, per: 'paragraph' })).toBe(0)
})
