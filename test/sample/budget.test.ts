import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseTokens, shownTokens } from '../../src/sample/budget.ts'

describe('budgets', () => {
  test.each([
    ['28B', 28e9],
    ['2.5M', 2.5e6],
    ['360b', 360e9],
    ['360_000', 360_000],
    ['1,000', 1000],
    ['0.35T', 350e9],
  ])('%s', (text, tokens) => expect(parseTokens(text)).toBe(tokens))
  test.each([['-1'], ['0'], ['B'], ['28 X'], [''], ['1e9']])('"%s" is none', (text) =>
    expect(() => parseTokens(text)).toThrow('not a number of tokens'),
  )
  test('are shown as they are written, rounded down', () => {
    expect([28e9, 2.5e6, 360_000, 12].map(shownTokens)).toEqual(['28B', '2.5M', '360K', '12'])
    expect([60_566, 238_769, 999_999].map(shownTokens)).toEqual(['60.5K', '238K', '999K'])
  })
})

test('what is shown is what was meant, or a little less', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e13 }), (tokens) => {
      const read = parseTokens(shownTokens(tokens))
      // Within the error of the division.
      expect(read).toBeLessThanOrEqual(tokens * (1 + 1e-10))
      expect(read).toBeGreaterThan(0.99 * tokens)
    }),
  )
})
