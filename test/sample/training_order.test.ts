import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { keysBy } from '../../src/sample/order.ts'
import { placesBy, TokenShuffle } from '../../src/sample/training_order.ts'
import { filesBelow, temporaryFolder } from '../support.ts'

const dir = temporaryFolder()

test('documents come out in the order of their places, whatever the number of files, and equal ones as they went in', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.array(fc.nat(50_000)))),
      fc.constantFrom(0, 1e9),
      (documents, tokens) => {
        const shuffle = new TokenShuffle(join(dir, 'x'), tokens)
        const numbered = documents.map(([place, list], i): [number, number[]] => [Math.round(place * 4) / 5, [i, ...list]])
        for (const [place, list] of numbered) shuffle.add(place, list)
        const out: number[][] = []
        shuffle.drain((list) => out.push(list))
        expect(out).toEqual(numbered.toSorted(([a], [b]) => a - b).map(([, list]) => list))
        expect(filesBelow(dir)).toEqual([])
      },
    ),
    { numRuns: 30 },
  )
})

/** Spearman's correlation of two lists without ties. */
function rankCorrelation(a: readonly number[], b: readonly number[]): number {
  const ranks = (list: readonly number[]): number[] => {
    const order = list.map((_, i) => i).sort((i, j) => list[i]! - list[j]!)
    const found = new Array<number>(list.length)
    for (const [rank, i] of order.entries()) found[i] = rank
    return found
  }
  const [x, y] = [ranks(a), ranks(b)]
  const squares = x.reduce((sum, rank, i) => sum + (rank - y[i]!) ** 2, 0)
  return 1 - (6 * squares) / (a.length * (a.length ** 2 - 1))
}

test('places have nothing to do with the order in the crawl, with the source, with what was drawn, or with another seed', async () => {
  const ids = Array.from({ length: 20_000 }, (_, i) => `<urn:uuid:${String(i).padStart(8, '0')}>`)
  const [places, others, key] = [await placesBy(1), await placesBy(2), await keysBy(1)]
  const place = ids.map((id) => places(id, 1)[0]!)
  const against = [
    ids.map((_, i) => i),
    ids.map((_, i) => (i < 6000 ? i - 1e6 : i)),
    ids.map((id) => key(Buffer.from(id))),
    ids.map((id) => others(id, 1)[0]!),
  ]
  // A correlation by chance is below 3 / sqrt(n - 1) in 997 of 1,000 cases.
  for (const order of against) expect(Math.abs(rankCorrelation(place, order))).toBeLessThan(3 / Math.sqrt(ids.length - 1))
})

test.each([2, 3, 8])('%i copies stand as far apart as they can', async (copies) => {
  const places = (await placesBy(7))('a', copies).sort((a, b) => a - b)
  const gaps = places.map((place, i) => (places[i + 1] ?? places[0]! + 1) - place)
  for (const gap of gaps) expect(gap).toBeCloseTo(1 / copies, 12)
})
