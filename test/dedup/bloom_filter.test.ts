import { expect, test } from 'vitest'
import { BloomFilter } from '../../src/dedup/bloom_filter.ts'
import { random } from '../support.ts'

const next = random(11)
const key = (): [number, number] => [(next() * 2 ** 32) | 0, (next() * 2 ** 32) | 0]

test.each([
  [1, 0.01],
  [100, 0.5],
  [20_000, 0.01],
  [20_000, 1e-4],
])('%i keys at %f: all are known, and of others no more than that', (expected, rate) => {
  const filter = new BloomFilter(expected, rate)
  const keys = Array.from({ length: expected }, key)
  for (const [low, high] of keys) filter.add(low, high)
  expect(keys.every(([low, high]) => filter.has(low, high))).toBe(true)
  const others = 200_000
  let wrong = 0
  for (let i = 0; i < others; i++) if (filter.has(...key())) wrong++
  expect(wrong / others).toBeLessThan(rate * 1.1 + 3 * Math.sqrt(rate / others))
})

test.each([
  [1000, 0.01, 9600, 7],
  [1000, 1e-6, 28768, 20],
])('%i keys at %f take %i bits and %i places', (expected, rate, bits, hashes) => {
  const filter = new BloomFilter(expected, rate)
  expect([filter.bits, filter.hashes]).toEqual([bits, hashes])
})

test('one that would be too large is not made', () => {
  expect(() => new BloomFilter(1e10, 0.01)).toThrow('takes more than 4 GiB')
})
