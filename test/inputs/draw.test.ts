import fc from 'fast-check'
import { expect, test } from 'vitest'
import { draw } from '../../src/inputs/draw.ts'

const names = fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 60 })
const drawn = (all: readonly string[], count: number, seed: number): string[] => draw(all, (name) => name, { count }, seed)

test('a larger draw contains a smaller one, in the order of the names', () => {
  fc.assert(
    fc.property(names, fc.nat(80), fc.nat(80), fc.nat(), (all, a, b, seed) => {
      const [few, many] = [drawn(all, Math.min(a, b), seed), drawn(all, Math.max(a, b), seed)]
      expect(few).toHaveLength(Math.min(a, b, all.length))
      expect(few).toEqual(many.filter((name) => few.includes(name)))
      expect(many).toEqual(all.filter((name) => many.includes(name)))
    }),
  )
})

test('what is drawn does not depend on the order of the names', () => {
  fc.assert(
    fc.property(names, fc.nat(60), fc.nat(), (all, count, seed) => {
      expect(drawn([...all].reverse(), count, seed).sort()).toEqual(drawn(all, count, seed).sort())
    }),
  )
})

test.each([
  ['0.1 % of few files is one', 0.001, 20, 1],
  ['half', 0.5, 20, 10],
  ['all', 1, 20, 20],
])('%s', (_, share, files, expected) => {
  const all = Array.from({ length: files }, (_, i) => `${i}.warc.gz`)
  expect(draw(all, (name) => name, { share }, 1)).toHaveLength(expected)
})

test('seeds draw different files', () => {
  const all = Array.from({ length: 100 }, (_, i) => `${i}.warc.gz`)
  expect(drawn(all, 10, 1)).not.toEqual(drawn(all, 10, 2))
})
