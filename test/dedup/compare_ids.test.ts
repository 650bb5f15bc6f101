import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareIds } from '../../src/dedup/compare_ids.ts'

test('ids compare as strings do', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }), (a, b) => {
      for (const [x, y] of [
        [a, b],
        [`${a}\ue000`, `${a}😀`],
        [`${a}\uffff`, `${a}😀${b}`],
        [a, a + b],
      ] as const)
        expect(Math.sign(compareIds(Buffer.from(x), Buffer.from(y)))).toBe(x < y ? -1 : x > y ? 1 : 0)
    }),
  )
})
