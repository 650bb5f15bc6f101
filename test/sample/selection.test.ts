import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { everything, keysBy, noDocument } from '../../src/sample/order.ts'
import { CutFinder } from '../../src/sample/selection.ts'

test('every document has the same chance: 1,000 seeds, 200 documents, a tenth of the tokens', async () => {
  const ids = Array.from({ length: 200 }, (_, i) => Buffer.from(`<urn:uuid:${i}>`))
  const taken = new Float64Array(200)
  for (let seed = 0; seed < 1000; seed++) {
    const keyOf = await keysBy(seed)
    const keys = ids.map(keyOf)
    const finder = new CutFinder([{ budget: 20, rounding: 'reach' }])
    for (const key of keys) finder.count(0, key, 1)
    finder.locate()
    for (const [i, key] of keys.entries()) finder.hold(0, key, 0, i, 1)
    const [end] = finder.ends()
    for (const [i, key] of keys.entries()) if (key <= end!.cut.key) taken[i]!++
  }
  // Each of 200 is taken 100 times of 1,000, with a variance of 90 (and 199 degrees of freedom).
  const chiSquared = taken.reduce((sum, n) => sum + (n - 100) ** 2 / 90, 0)
  expect(taken.reduce((a, b) => a + b, 0)).toBe(20_000)
  expect(chiSquared).toBeGreaterThan(139)
  expect(chiSquared).toBeLessThan(275)
})

describe('where draws end', () => {
  const documents = fc.array(fc.record({ key: fc.double({ min: 0, max: 0.999, noNaN: true }), tokens: fc.integer({ min: 1, max: 50 }) }), {
    minLength: 1,
    maxLength: 60,
  })
  test('is where adding up in order reaches the budget, or comes nearest to it', () => {
    fc.assert(
      fc.property(
        documents,
        fc.integer({ min: 1, max: 500 }),
        fc.constantFrom('reach' as const, 'nearest' as const),
        (list, budget, rounding) => {
          const finder = new CutFinder([{ budget, rounding }])
          for (const { key, tokens } of list) finder.count(0, key, tokens)
          const short = finder.locate()
          for (const [row, { key, tokens }] of list.entries()) finder.hold(0, key, 0, row, tokens)
          const [end] = finder.ends()
          const ordered = [...list.entries()].sort(([i, a], [j, b]) => a.key - b.key || i - j)
          let sum = 0
          for (const [, { tokens }] of ordered) {
            if (sum >= budget || (rounding === 'nearest' && sum + tokens > budget && budget - sum < sum + tokens - budget)) break
            sum += tokens
          }
          const all = list.reduce((total, { tokens }) => total + tokens, 0)
          expect(short.length).toBe(all < budget ? 1 : 0)
          expect(end!.tokens).toBe(all < budget ? all : sum)
        },
      ),
    )
  })
})

test('several draws, by hand', () => {
  const draws = [
    { budget: 5, rounding: 'reach' },
    { budget: 5, rounding: 'nearest' },
    { budget: 0, rounding: 'reach' },
    { budget: 100, rounding: 'reach' },
  ] as const
  const documents = [
    { key: 0.5, row: 0, tokens: 3 },
    { key: 0.25, row: 1, tokens: 4 },
    { key: 0.75, row: 2, tokens: 9 },
  ]
  const finder = new CutFinder(draws)
  for (const draw of draws.keys()) for (const { key, tokens } of documents) finder.count(draw, key, tokens)
  expect(finder.locate()).toEqual([{ draw: 3, budget: 100, tokens: 16 }])
  for (const draw of draws.keys()) for (const { key, row, tokens } of documents) finder.hold(draw, key, 0, row, tokens)
  expect(finder.ends()).toEqual([
    { cut: { key: 0.5, shard: 0, row: 0 }, tokens: 7 },
    // 4 tokens are nearer to 5 than 7 are: nothing of the interval of 0.5 is taken.
    { cut: { key: 0.5, shard: -1, row: -1 }, tokens: 4 },
    { cut: noDocument, tokens: 0 },
    { cut: everything, tokens: 16 },
  ])
})
