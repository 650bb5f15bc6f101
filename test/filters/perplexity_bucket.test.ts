import { expect, test } from 'vitest'
import { Doc } from '../../src/core/doc.ts'
import bucket from '../../src/filters/perplexity_bucket.ts'

const doc = new Doc({ id: 'test', text: 'any' })

test.each<[perplexity: number, cutoffs: number[], value: number]>([
  [0, [340, 520], 0],
  [339.9, [340, 520], 0],
  [340, [340, 520], 1],
  [519.9, [340, 520], 1],
  [520, [340, 520], 2],
  [1e100, [340, 520], 2],
  [7, [5], 1],
])('%d with %j: %d', async (perplexity, cutoffs, value) => {
  const measure = await bucket.measure(
    bucket.schema.parse({ cutoffs, perplexity: 'pp' }),
    (label) => () => (label === 'pp' ? perplexity : Number.NaN),
  )
  expect(measure(doc)).toBe(value)
})

test('cut-offs that do not rise', () => {
  expect(bucket.schema.safeParse({ cutoffs: [520, 340] }).success).toBe(false)
  expect(bucket.schema.safeParse({ cutoffs: [] }).success).toBe(false)
})
