import fc from 'fast-check'
import { expect, test } from 'vitest'
import { NumberList } from '../../src/core/number_list.ts'

test('holds what was pushed, in order, however much it grows', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 5000 }), (n) => {
      const [doubles, integers] = [new NumberList(Float64Array), new NumberList(Int32Array)]
      for (let i = 0; i < n; i++) {
        doubles.push(i / 3)
        integers.push(-i)
      }
      expect(Array.from(doubles.view())).toEqual(Array.from({ length: n }, (_, i) => i / 3))
      expect(Array.from(integers.view())).toEqual(Array.from({ length: n }, (_, i) => 0 - i))
    }),
    { numRuns: 20 },
  )
})
