import { expect, test } from 'vitest'
import { decimal, isoDate, isoTime, timeOfDay } from '../../src/formats/exact_values.ts'

test.each([
  [12345n, 2, 123.45],
  [-12345n, 2, -123.45],
  [5n, 3, 0.005],
  [500n, 2, 5],
  [0n, 2, 0],
  [1234567890123456789012345n, 5, '12345678901234567890.12345'],
  [-9007199254740993n, 0, '-9007199254740993'],
  [12n, -2, 1200],
  [1n, 4_194_306, '1e-4194306'],
])('%d with scale %d is %j', (unscaled, scale, expected) => {
  expect(decimal(unscaled, scale)).toBe(expected)
})

test.each([
  [0, '1970-01-01'],
  [-1, '1969-12-31'],
  [18_263, '2020-01-02'],
  [2 ** 31 - 1, 'infinity'],
  [-(2 ** 31), '-infinity'],
  [200_000_000, '200000000 days since 1970-01-01'],
])('day %d is %s', (days, expected) => {
  expect(isoDate(days)).toBe(expected)
})

test.each([
  [49_530_250_000n, 1_000_000n, 6, '13:45:30.25'],
  [0n, 1000n, 3, '00:00:00'],
  [86_400n, 1n, 0, '86400'],
])('%d of %d a second is %s', (value, perSecond, digits, expected) => {
  expect(timeOfDay(value, perSecond, digits)).toBe(expected)
})

test('times have all their digits', () => {
  expect(isoTime(1_700_000_000_123_456_789n, 1_000_000_000n, 9)).toBe('2023-11-14T22:13:20.123456789Z')
})
