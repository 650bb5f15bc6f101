import fc from 'fast-check'
import { expect, test } from 'vitest'
import { lanesOf } from '../../src/sample/arm_lanes.ts'
import type { Corpus } from '../../src/sample/corpus.ts'
import type { ArmPart } from '../../src/sample/request.ts'

const corpus = {} as Corpus
const part = (share: number): ArmPart => ({ share }) as ArmPart
const lanes = (parts: ArmPart[], duplicated: number, tokens: number, shares: number[]) =>
  lanesOf({ name: 'a', parts, duplicated }, 0, tokens, { shares, corpusOf: () => corpus })
const budgets = (...args: Parameters<typeof lanes>) =>
  lanes(...args).map(({ fresh, partial, copies }) => [fresh.budgets, partial.budgets, copies, fresh.rounding])

test.each<[string, Parameters<typeof lanes>, unknown[]]>([
  ['one part', [[part(1)], 0, 100, [1]], [[[100], [0], 1, 'reach']]],
  [
    'two parts',
    [[part(0.75), part(0.25)], 0, 100, [1]],
    [
      [[75], [0], 1, 'nearest'],
      [[25], [0], 1, 'nearest'],
    ],
  ],
  ['two strata', [[part(1)], 0, 100, [0.9, 0.1]], [[[90, 10], [0, 0], 1, 'nearest']]],
  ['a quarter duplicated', [[part(1)], 0.25, 100, [1]], [[[75], [25], 1, 'reach']]],
  ['half duplicated', [[part(1)], 0.5, 100, [1]], [[[50], [0], 2, 'reach']]],
  ['nine tenths duplicated', [[part(1)], 0.9, 100, [1]], [[[10], [0], 10, 'reach']]],
])('%s', (_, given, expected) => {
  expect(budgets(...given)).toEqual(expected)
})

test('copies and the partial one add up to the budget', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 0.95, noNaN: true }), fc.integer({ min: 1000, max: 1e9 }), (duplicated, tokens) => {
      const [lane] = lanes([part(1)], duplicated, tokens, [1])
      const { fresh, partial, copies } = lane!
      expect(Math.abs(fresh.budgets[0]! * copies + partial.budgets[0]! - tokens)).toBeLessThanOrEqual(copies)
      expect(partial.budgets[0]!).toBeLessThanOrEqual(fresh.budgets[0]! + 1)
    }),
  )
})
