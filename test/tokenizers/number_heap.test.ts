import fc from 'fast-check'
import { expect, test } from 'vitest'
import { NumberHeap } from '../../src/tokenizers/number_heap.ts'

test('gives back what was pushed, the least first', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.nat(1000), fc.constant(null)), { maxLength: 300, size: 'max' }), (steps) => {
      const heap = new NumberHeap()
      const sorted: number[] = []
      for (const step of steps) {
        if (step === null) {
          expect(heap.pop()).toBe(sorted.shift())
          continue
        }
        heap.push(step)
        sorted.push(step)
        sorted.sort((a, b) => a - b)
      }
      for (const item of sorted) expect(heap.pop()).toBe(item)
      expect(heap.pop()).toBe(undefined)
    }),
  )
})

test('a long rising run, and a falling one', () => {
  const heap = new NumberHeap()
  for (let i = 0; i < 2000; i++) heap.push(i)
  for (let i = 0; i < 1000; i++) expect(heap.pop()).toBe(i)
  for (let i = 999; i >= 0; i--) heap.push(i)
  for (let i = 0; i < 2000; i++) expect(heap.pop()).toBe(i)
})
