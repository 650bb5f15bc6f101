import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mixed, Smallest } from '../../src/compare/nearest.ts'

test('the smallest keys are kept, of equal ones those that came first', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 20 })), fc.nat({ max: 8 }), (keys, n) => {
      const smallest = new Smallest<number>(n)
      for (const [i, key] of keys.entries()) smallest.add(key, i)
      const sorted = [...keys.entries()].sort(([i, a], [j, b]) => a - b || i - j).slice(0, n)
      expect(smallest.items).toEqual(sorted.map(([i]) => i))
    }),
  )
})

test('the limit is what an item must stay below', () => {
  const smallest = new Smallest<string>(2)
  expect([smallest.limit, new Smallest(0).limit]).toEqual([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
  smallest.add(3, 'c')
  smallest.add(1, 'a')
  expect(smallest.limit).toBe(3)
  smallest.add(3, 'late')
  smallest.add(Number.NaN, 'no number')
  expect(smallest.items).toEqual(['a', 'c'])
})

test('mixed numbers depend on all three, fill their range, and never change', () => {
  expect([mixed(0, 0, 0), mixed(1, 0, 0), mixed(0, 1, 0), mixed(0, 0, 1)]).toEqual([1646627985, 406353755, 2509642540, 1397399372])
  const tenths = new Array<number>(10).fill(0)
  for (let i = 0; i < 10_000; i++) tenths[Math.floor((mixed(7, 3, i) / 2 ** 32) * 10)]!++
  expect(Math.min(...tenths)).toBeGreaterThan(850)
  expect(Math.max(...tenths)).toBeLessThan(1150)
})
