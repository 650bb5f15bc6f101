import fc from 'fast-check'
import { expect, test } from 'vitest'
import { histogram } from '../../src/compare/histogram.ts'

const hundred = Array.from({ length: 100 }, (_, i) => i)

test.each<[string, number[], object, number, object]>([
  ['equal bins', hundred, {}, 4, { from: 0, to: 99, bins: [25, 25, 25, 25], median: 50 }],
  ['one value', [7, 7], {}, 4, { from: 7, to: 7, bins: [0, 0, 2, 0], median: 7 }],
  ['a bound just outside widens it', hundred, { max: 150 }, 3, { from: 0, to: 150, bins: [50, 50, 0], median: 50 }],
  ['a bound far away does not', hundred, { below: 1000 }, 4, { from: 0, to: 99, bins: [25, 25, 25, 25], median: 50 }],
  ['a lower bound widens it too', [10, 20], { above: 0 }, 2, { from: 0, to: 20, bins: [0, 2], median: 20 }],
])('%s', (_, values, bounds, bins, expected) => {
  expect(histogram(values, bounds, bins)).toEqual(expected)
})

test('every value is in a bin', () => {
  const values = fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 1 })
  fc.assert(
    fc.property(values, fc.option(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { nil: undefined }), (list, min) => {
      const { bins, from, to } = histogram(list, { min })
      expect(bins.reduce((a, b) => a + b, 0)).toBe(list.length)
      expect(from).toBeLessThanOrEqual(to)
    }),
  )
})
