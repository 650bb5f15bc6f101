import fc from 'fast-check'
import { expect, test } from 'vitest'
import { UnionFind } from '../../src/dedup/union_find.ts'

test('every document is found under the smallest of its set, whatever the order', () => {
  const pairs = fc.array(fc.tuple(fc.nat(29), fc.nat(29)), { maxLength: 40 })
  fc.assert(
    fc.property(pairs, (list) => {
      const sets = new UnionFind(30)
      // Walk from each document along all pairs.
      const reach = (from: number): Set<number> => {
        const seen = new Set([from])
        for (const at of seen) for (const [a, b] of list) if (a === at || b === at) seen.add(a === at ? b : a)
        return seen
      }
      const joined = list.filter(([a, b]) => sets.union(a, b)).length
      const found = Array.from({ length: 30 }, (_, i) => sets.find(i))
      expect(found).toEqual(found.map((_, i) => Math.min(...reach(i))))
      expect(joined).toBe(30 - new Set(found).size)
    }),
  )
})
