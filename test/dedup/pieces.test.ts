import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hashTexts } from '../../src/dedup/hash_texts.ts'
import { piecesBy, winnow } from '../../src/dedup/pieces.ts'

const spans = (unit: 'word' | 'character', text: string): string[] => {
  const { count, start, end } = piecesBy({ unit, tokenizer: 'whitespace' })(text)
  return Array.from({ length: count }, (_, i) => text.slice(start(i), end(i)))
}

test.each<['word' | 'character', string, string[]]>([
  ['word', ' a  bc\n', ['a', 'bc']],
  ['word', '', []],
  ['character', 'a😀\nb', ['a', '😀', '\n', 'b']],
  ['character', '\ud83d', ['\ud83d']],
  ['character', '', []],
])('%s: %j', (unit, text, expected) => {
  expect(spans(unit, text)).toEqual(expected)
})

test('hashes are equal where the pieces are', () => {
  const hashes = (unit: 'word' | 'character', text: string, n: number): string[] => {
    const found = piecesBy({ unit, tokenizer: 'whitespace' })(text).hashes(n)
    return Array.from({ length: found.length / 2 }, (_, i) => `${found[2 * i]}/${found[2 * i + 1]}`)
  }
  const [a, b] = [hashes('word', 'x a  b\nc y', 3), hashes('word', 'a b c', 3)]
  expect([a.length, b.length, a.indexOf(b[0]!)]).toEqual([3, 1, 1])
  expect(new Set(hashes('character', 'abababab', 2)).size).toBe(2)
  expect(hashes('word', 'a b', 3)).toEqual([])
})

test('texts are hashed one by one', () => {
  const all = hashTexts(['a', '', '日本', 'a', '\ud83d']).slice()
  expect([...all.subarray(0, 2)]).toEqual([...hashTexts(['a'])])
  expect([...all.subarray(6, 8)]).toEqual([...all.subarray(0, 2)])
  // xxHash64 of nothing
  expect(new BigUint64Array(all.buffer)[1]).toBe(0xef46db3751d8e999n)
  expect(hashTexts([]).length).toBe(0)
})

test('winnowing chooses the first of the smallest in every window', () => {
  const highs = fc.array(fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })), { maxLength: 40 })
  fc.assert(
    fc.property(highs, fc.integer({ min: 1, max: 12 }), (list, window) => {
      const hashes = Int32Array.from(list.flatMap((high) => [7, high]))
      const chosen = new Set<number>()
      for (let from = 0; from + window <= list.length; from++) {
        const inside = list.slice(from, from + window).map((high) => high >>> 0)
        chosen.add(from + inside.indexOf(Math.min(...inside)))
      }
      expect([...winnow(hashes, window)]).toEqual([...chosen].sort((a, b) => a - b))
    }),
  )
})
