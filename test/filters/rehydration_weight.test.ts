import { expect, test } from 'vitest'
import { Doc } from '../../src/core/doc.ts'
import rehydrationWeight from '../../src/filters/rehydration_weight.ts'

// As FineWeb-2's README has them.
const weights = [
  [1, 1],
  [2, 2],
  [3, 3],
  [5, 5],
  [100, 8],
  [1000, 1],
]

test.each([
  [undefined, 1],
  [1, 1],
  [2, 2],
  [3, 3],
  [4, 3],
  [5, 5],
  [99, 5],
  [100, 8],
  [999, 8],
  [1000, 1],
  [50_000, 1],
])('a cluster of %s: %f', async (size, weight) => {
  const measure = await rehydrationWeight.measure(rehydrationWeight.schema.parse({ weights }))
  const metadata = size === undefined ? {} : { minhash_cluster_size: size }
  expect(measure(new Doc({ id: 'test', text: 'a', metadata }))).toBe(weight)
})
