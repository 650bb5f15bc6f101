import { expect, test } from 'vitest'
import fasttextScore from '../../src/filters/fasttext_score.ts'
import { measured, repository } from '../support.ts'

const model = `${repository}fixtures/models/softmax_bigrams.bin`
const garden = { model, label: '__label__garden' }

test.each<[text: string, options: object, value: number]>([
  ['', {}, 0],
  [' \n\t', {}, 0],
  ['roses in the gar\nden', {}, await measured(fasttextScore, 'roses in the gar den', garden)],
  ['roses in the gar\nden', { newlines: 'nothing' }, await measured(fasttextScore, 'roses in the garden', garden)],
])('%j with %j measures %d', async (text, options, value) => {
  expect(await measured(fasttextScore, text, { ...garden, ...options })).toBe(value)
})

test('a label that the model lacks is a mistake of the user', async () => {
  await expect(measured(fasttextScore, 'text', { model, label: '__label__gardn' })).rejects.toThrow(
    expect.objectContaining({ name: 'UserError', message: 'the model has no label "__label__gardn"; did you mean __label__garden?' }),
  )
})
