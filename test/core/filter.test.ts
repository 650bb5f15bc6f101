import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Bound, type Bounds, brokenBound } from '../../src/core/filter.ts'

test.each<[number, Bounds, Bound | undefined]>([
  [5, {}, undefined],
  [5, { min: 5 }, undefined],
  [4.999, { min: 5 }, 'min'],
  [5, { max: 5 }, undefined],
  [5.001, { max: 5 }, 'max'],
  [5, { above: 5 }, 'above'],
  [5.001, { above: 5 }, undefined],
  [5, { below: 5 }, 'below'],
  [4.999, { below: 5 }, undefined],
  // 0 is a bound like any other.
  [-1, { min: 0 }, 'min'],
  [0, { max: 0 }, undefined],
  [1, { max: 0 }, 'max'],
  [0, { above: 0 }, 'above'],
  // An option left out is no bound, also when it is there as undefined.
  [1, { min: undefined, max: 2 }, undefined],
  // The first of several that are broken.
  [7, { min: 8, max: 6 }, 'min'],
  [Number.NaN, { max: 5 }, 'max'],
  [Number.NaN, { above: 5 }, 'above'],
  [Number.NaN, {}, undefined],
])('%f against %j breaks %s', (value, bounds, expected) => {
  expect(brokenBound(value, bounds)).toBe(expected)
})

test('a wider bound never breaks where a narrower one holds', () => {
  fc.assert(
    fc.property(fc.double(), fc.double({ noNaN: true }), fc.double({ min: 0, noNaN: true }), (value, bound, more) => {
      if (brokenBound(value, { max: bound }) === undefined) expect(brokenBound(value, { max: bound + more })).toBe(undefined)
      if (brokenBound(value, { min: bound }) === undefined) expect(brokenBound(value, { min: bound - more })).toBe(undefined)
    }),
  )
})
