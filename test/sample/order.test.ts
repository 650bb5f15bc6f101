import fc from 'fast-check'
import { expect, test } from 'vitest'
import { everything, isWithin, keysBy, noDocument } from '../../src/sample/order.ts'
import { keyByHand } from './support.ts'

test('keys are the upper bits of xxHash64, in any order of calls', async () => {
  const keysOf = new Map(await Promise.all([0, 1, 2 ** 32 - 1].map(async (seed) => [seed, await keysBy(seed)] as const)))
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.constantFrom(...keysOf.keys()), (id, seed) => {
      const key = keysOf.get(seed)!(Buffer.from(id))
      expect(key).toBe(keyByHand(id, seed))
      expect(key >= 0 && key < 1).toBe(true)
    }),
  )
  expect(keysOf.get(1)!(Buffer.from('<urn:uuid:1>'))).toBe(0.5195018294368178)
})

test('documents are ordered by key, then shard, then row', () => {
  const place = fc.record({ key: fc.constantFrom(0.25, 0.5), shard: fc.nat({ max: 2 }), row: fc.nat({ max: 2 }) })
  fc.assert(
    fc.property(place, place, (document, cut) => {
      const { key, shard, row } = document
      const order = key - cut.key || shard - cut.shard || row - cut.row
      expect(isWithin(key, shard, row, cut)).toBe(order <= 0)
      expect([isWithin(key, shard, row, everything), isWithin(key, shard, row, noDocument)]).toEqual([true, false])
    }),
  )
})
