import fc from 'fast-check'
import { expect, test } from 'vitest'
import * as uint64 from '../../src/models/uint64.ts'

const number64 = fc.bigInt(0n, 2n ** 64n - 1n)
const highOf = (number: bigint): number => Number(BigInt.asIntN(32, number >> 32n))
const lowOf = (number: bigint): number => Number(BigInt.asIntN(32, number))
/** A low half, and the high half of the last result. */
const whole = (low: number): bigint => BigInt.asUintN(64, (BigInt(uint64.high) << 32n) | BigInt(low >>> 0))

test('multiply is multiplication modulo 2^64', () => {
  fc.assert(
    fc.property(number64, number64, (a, b) => {
      expect(whole(uint64.multiply(highOf(a), lowOf(a), highOf(b), lowOf(b)))).toBe(BigInt.asUintN(64, a * b))
    }),
  )
})

test('remainder is what division leaves', () => {
  fc.assert(
    fc.property(number64, fc.integer({ min: 1, max: 2 ** 37 - 1 }), (a, divisor) => {
      expect(uint64.remainder(highOf(a), lowOf(a), divisor)).toBe(Number(a % BigInt(divisor)))
    }),
  )
})

test.each<[string, bigint]>([
  ['', 0n],
  ['a', 0x071717d2d36b6b11n],
])('murmurHash of %j', (text, expected) => {
  const bytes = Buffer.from(text)
  expect(whole(uint64.murmurHash(bytes, 0, bytes.length))).toBe(expected)
})
