import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type CutLimits, gainByChance, pairedHistogram, roundest, separate, type ValueSample } from '../../src/compare/separation.ts'

const limits: CutLimits = { weight: 'documents', minRemoved: 0, maxRemoved: 1, chance: 1 }
const sample = (values: number[], tokens = values.map(() => 1)): ValueSample => ({ values, tokens })
const apart = (good: number[], bad: number[], more: Partial<CutLimits> = {}) => separate(sample(good), sample(bad), { ...limits, ...more })

describe('by hand', () => {
  const hundred = Array.from({ length: 100 }, (_, i) => i)
  test.each<[string, number[], number[], number, number, [string, number, number, number][]]>([
    ['the same', [1, 2, 3], [1, 2, 3], 0, 0, []],
    ['one value only', [5, 5], [5, 5, 5], 0, 0, []],
    ['nothing measured', [], [], 0, 0, []],
    ['one side only', [1, 2], [], 0, 0, []],
    // All of the bad is below all of the good: cut anywhere between, at the roundest number.
    ['apart', [10, 11, 12], [1, 2, 3], 9, 1, [['min', 10, 0, 1]]],
    ['apart, the other way', [1, 2, 3], [10, 11, 12], 9, 1, [['max', 3, 0, 1]]],
    ['moved by ten of a hundred', hundred, hundred.map((x) => x - 10), 10, 0.19, [['min', 0, 0, 0.1]]],
    // Half of the bad has 0, which a third of the good has too: ties count as a whole.
    ['ties', [0, 1, 1], [0, 0, 1, 1], 1 / 6, 1 / 6, [['min', 1, 1 / 3, 1 / 2]]],
    // More of the bad at either end.
    [
      'both ends',
      [4, 5, 5, 6],
      [1, 5, 5, 9],
      1.5,
      0.125,
      [
        ['min', 4, 0, 0.25],
        ['max', 6, 0, 0.25],
      ],
    ],
    ['not all measured', [Number.NaN, 10, 11], [1, Number.NaN, 2, Number.POSITIVE_INFINITY], 9, 1, [['min', 10, 0, 1]]],
  ])('%s', (_, good, bad, distance, separation, cuts) => {
    const found = apart(good, bad)
    expect(found.distance).toBeCloseTo(distance, 12)
    expect(found.separation).toBeCloseTo(separation, 12)
    expect(found.cuts.map((cut) => [cut.bound, cut.threshold, cut.good.documents, cut.bad.documents])).toEqual(
      cuts.map(([bound, threshold, g, b]) => [bound, threshold, expect.closeTo(g, 12), expect.closeTo(b, 12)]),
    )
  })

  test('by tokens', () => {
    const [good, bad] = [sample([1, 2], [10, 90]), sample([1, 2], [60, 40])]
    const [cut] = separate(good, bad, { ...limits, weight: 'tokens' }).cuts
    expect(cut).toEqual({
      bound: 'min',
      threshold: 2,
      good: { documents: 0.5, tokens: 0.1 },
      bad: { documents: 0.5, tokens: 0.6 },
      gain: 0.5,
      limited: false,
    })
    expect(separate(good, bad, limits)).toEqual({ distance: 0, separation: 0, cuts: [] })
  })

  test('limits move the cut', () => {
    // Free, it would remove half of the good and all of the bad.
    const [good, bad] = [
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
      [2, 2, 3, 3, 4, 4, 5, 5, 5, 5],
    ]
    const one = (more: Partial<CutLimits>) => apart(good, bad, more).cuts[0]
    expect(one({})).toMatchObject({ bound: 'min', threshold: 6, good: { documents: 0.5 }, bad: { documents: 1 }, limited: false })
    expect(one({ maxRemoved: 0.3 })).toMatchObject({
      bound: 'min',
      threshold: 4,
      good: { documents: 0.3 },
      bad: { documents: 0.4 },
      limited: true,
    })
    expect(apart(good, [...bad, 1, 1, 1, 1, 1, 1], { minRemoved: 1.1 }).cuts).toEqual([])
  })
})

/** Wasserstein-1 of samples of the same size: sorted, the mean distance of the first to the first, the second to the second, … */
const transport = (good: readonly number[], bad: readonly number[]): number => {
  const [x, y] = [good, bad].map((list) => [...list].sort((a, b) => a - b)) as [number[], number[]]
  return x.reduce((sum, value, i) => sum + Math.abs(value - y[i]!), 0) / x.length
}
/** Shares of two lists that a bound removes. */
const removedBy = (bound: string, threshold: number, list: readonly number[]): number =>
  list.filter((value) => (bound === 'min' ? value < threshold : value > threshold)).length / list.length

const values = fc.array(fc.oneof(fc.integer({ min: -3, max: 6 }), fc.double({ min: -4, max: 4, noNaN: true })), {
  minLength: 1,
  maxLength: 30,
})
const pairs = fc.array(fc.tuple(fc.integer({ min: -9, max: 9 }), fc.double({ min: -9, max: 9, noNaN: true })), {
  minLength: 1,
  maxLength: 40,
})

test('the distance is what moving value by value costs', () => {
  fc.assert(
    fc.property(pairs, (both) => {
      const [good, bad] = [both.map(([x]) => x), both.map(([, y]) => y)]
      expect(apart(good, bad).distance).toBeCloseTo(transport(good, bad), 9)
      // Ranks by counting, equal ones sharing the middle.
      const all = [...good, ...bad]
      const rank = (x: number): number =>
        all.filter((y) => y < x).length / all.length + all.filter((y) => y === x).length / (2 * all.length)
      expect(apart(good, bad).separation).toBeCloseTo(2 * transport(good.map(rank), bad.map(rank)), 9)
    }),
  )
})

test('the separation is a share, and does not depend on the scale or on who is good', () => {
  fc.assert(
    fc.property(values, values, (good, bad) => {
      const { separation } = apart(good, bad)
      expect(separation).toBeGreaterThanOrEqual(0)
      expect(separation).toBeLessThanOrEqual(1 + 1e-12)
      expect(apart(bad, good).separation).toBeCloseTo(separation, 12)
      const stretched = (list: number[]): number[] => list.map((x) => Math.exp(Math.round(8 * x)))
      const rounded = (list: number[]): number[] => list.map((x) => Math.round(8 * x))
      expect(apart(stretched(good), stretched(bad)).separation).toBeCloseTo(apart(rounded(good), rounded(bad)).separation, 12)
    }),
  )
})

test('no threshold gains more than a hundredth over the cut, and the cut does what it says', () => {
  fc.assert(
    fc.property(values, values, fc.double({ min: 0.1, max: 1, noNaN: true }), (good, bad, maxRemoved) => {
      const { cuts } = apart(good, bad, { maxRemoved })
      for (const bound of ['min', 'max'] as const) {
        const gains = [...good, ...bad].flatMap((threshold) => {
          const [g, b] = [removedBy(bound, threshold, good), removedBy(bound, threshold, bad)]
          return g <= maxRemoved ? [b - g] : []
        })
        const best = Math.max(0, ...gains)
        const cut = cuts.find((found) => found.bound === bound)
        if (!cut) {
          expect(best).toBeLessThan(1e-9)
          continue
        }
        expect(cut.gain).toBeGreaterThanOrEqual(0.99 * best - 1e-9)
        expect(cut.good.documents).toBeCloseTo(removedBy(bound, cut.threshold, good), 9)
        expect(cut.bad.documents).toBeCloseTo(removedBy(bound, cut.threshold, bad), 9)
        expect(cut.gain).toBeCloseTo(cut.bad.documents - cut.good.documents, 9)
      }
    }),
  )
})

test.each<[number, number, number, 'min' | 'max', number]>([
  [0.1171, 0.1234, 0.1234, 'min', 0.12],
  [0.1171, 0.1234, 0.1171, 'max', 0.12],
  [47, 52, 50, 'min', 50],
  [812, 1423, 1400, 'min', 1000],
  [-0.004, 0.003, 0.003, 'min', 0],
  [3, 4, 4, 'min', 4],
  [3, 4, 3, 'max', 3],
  [0.1, 0.1 + 1e-15, 0.1, 'max', 0.1],
])('the roundest number from %f to %f, best %f, %s: %f', (low, high, best, bound, expected) => {
  expect(roundest(low, high, best, bound)).toBe(expected)
})

test('two samples of the same distribution seldom gain as much as chance allows', () => {
  let state = 1
  const next = (): number => (state = (state * 48271) % 2147483647) / 2147483647
  let above = 0
  for (let n = 0; n < 200; n++) {
    const [good, bad] = [60, 80].map((size) => Array.from({ length: size }, next)) as [number[], number[]]
    above += apart(good, bad, { chance: 0.05 }).cuts.filter(({ bound }) => bound === 'min').length
  }
  expect(above).toBeGreaterThan(0)
  expect(above).toBeLessThan(20)
  expect(gainByChance(0, 5, 0.05)).toBe(Number.POSITIVE_INFINITY)
})

test('histograms of both', () => {
  const { from, to, good, bad } = pairedHistogram(sample([0, 1, 2, 3]), sample([2, 3, 3, 3]), 2, 'documents', 4)
  expect([from, to, good, bad]).toEqual([0, 3, [0.25, 0.25, 0.25, 0.25], [0, 0, 0.25, 0.75]])
})
