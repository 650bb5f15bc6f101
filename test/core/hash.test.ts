import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalJson, unit } from '../../src/core/hash.ts'

test('unit gives the same number for the same seed and id, forever', () => {
  // The first 53 bits of SHA-256("audit:a") over 2^53, by Python's hashlib.
  expect([unit('audit', 'a'), unit('audit', 'b'), unit('other', 'a'), unit(1, '')]).toEqual([
    0.16764615614735567, 0.019979468074782347, 0.8264617689444753, 0.028701776919697997,
  ])
})

test('unit is evenly spread over [0, 1)', () => {
  const tenths = Array<number>(10).fill(0)
  for (let i = 0; i < 10_000; i++) tenths[Math.floor(unit('spread', `doc ${i}`) * 10)]!++
  for (const n of tenths) expect(Math.abs(n - 1000)).toBeLessThan(120)
})

test('canonical JSON does not depend on the order of keys, and loses nothing', () => {
  expect(canonicalJson({ b: [{ d: 1, c: null }], a: 'x' })).toBe('{"a":"x","b":[{"c":null,"d":1}]}')
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      const turned = Object.fromEntries(Object.entries(value).reverse())
      expect(canonicalJson(turned)).toBe(canonicalJson(value))
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)))
    }),
  )
})
