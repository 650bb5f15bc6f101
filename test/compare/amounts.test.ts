import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addDocument, addTimes, nothing } from '../../src/compare/amounts.ts'

test('documents are added, and what was not counted counts as none', () => {
  const amount = nothing()
  addDocument(amount, 10, 3)
  addDocument(amount, 5, Number.NaN)
  addDocument(amount, Number.NaN, 2)
  expect(amount).toEqual({ documents: 3, bytes: 15, tokens: 5 })
})

test('an amount taken away again leaves what was there', () => {
  const amounts = fc.record({ documents: fc.nat(), bytes: fc.nat(), tokens: fc.nat() })
  fc.assert(
    fc.property(amounts, amounts, fc.nat({ max: 100 }), (first, second, times) => {
      const sum = { ...first }
      addTimes(sum, second, times)
      expect(sum.tokens).toBe(first.tokens + times * second.tokens)
      addTimes(sum, second, -times)
      expect(sum).toEqual(first)
    }),
  )
})
