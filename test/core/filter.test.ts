import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Bound, type Bounds, brokenBound, contradiction } from '../../src/core/filter.ts'

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

test.each<[Bounds, string | undefined]>([
  [{}, undefined],
  [{ min: 3, max: 3 }, undefined],
  [{ min: 0, below: 1 }, undefined],
  [{ min: 4, max: 3 }, 'min 4 is greater than max 3'],
  [{ above: 3, max: 3 }, 'above 3 equals max 3'],
  [{ min: 3, below: 3 }, 'min 3 equals below 3'],
  [{ min: 0, above: 5, below: 4 }, 'above 5 is greater than below 4'],
])('%j: %s', (bounds, expected) => {
  expect(contradiction(bounds)).toBe(expected)
})
