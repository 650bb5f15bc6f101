import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { rank } from '../../src/experiments/differences.ts'
import { measureNoise } from '../../src/experiments/measured_noise.ts'
import { normals, scoresOf } from './support.ts'

type Runs = Record<string, Record<number, number>>
const ranked = (runs: Runs, { error = 1, noise, pooled }: { error?: number | null; noise?: number; pooled?: boolean } = {}) =>
  rank(
    new Map(
      Object.entries(runs).map(([arm, seeds]) => [
        arm,
        new Map(Object.entries(seeds).map(([seed, value]) => [Number(seed), { value, error }])),
      ]),
    ),
    'raw',
    { confidence: 0.95, noise, pooled },
  )
const of = (runs: Runs, more: Parameters<typeof ranked>[1] = {}) => {
  const [difference] = ranked(runs, more).differences
  return difference!
}

test('paired by seed: the mean of the differences and the t interval by hand', () => {
  // Differences 1, 2 and 3: standard error 1 ÷ √3, and t(0.975, 2) = 4.302653.
  const difference = of({ raw: { 1: 40, 2: 42, 3: 44 }, c4: { 1: 41, 2: 44, 3: 47 } })
  expect(difference).toMatchObject({ by: 'paired seeds', seeds: [1, 2, 3], gap: 2, df: 2, verdict: 'inside noise' })
  expect(difference.interval!.map((limit) => Number(limit.toFixed(4)))).toEqual([-0.4841, 4.4841])
  // SciPy: ttest_rel([41, 44, 47], [40, 42, 44]).pvalue
  expect(difference.p).toBeCloseTo(0.0741799, 6)
})

test('other seeds: Welch, as SciPy has it', () => {
  // ttest_ind([41, 44, 47], [40, 42], equal_var=False)
  const difference = of({ raw: { 1: 40, 2: 42 }, c4: { 3: 41, 4: 44, 5: 47 } })
  expect(difference).toMatchObject({ by: 'seeds', seeds: [], gap: 3 })
  expect([difference.df, difference.p]).toEqual([expect.closeTo(2.90909091, 6), expect.closeTo(0.23332699, 6)])
})

test('a run without a partner counts: the gap that is tested is the gap that is shown', () => {
  // ttest_ind([45, 45.1], [44, 44.2, 45.6], equal_var=False)
  const difference = of({ raw: { 1: 44, 2: 44.2, 3: 45.6 }, c4: { 1: 45, 2: 45.1 } })
  expect(difference).toMatchObject({ by: 'seeds', seeds: [1, 2], verdict: 'inside noise' })
  expect([difference.gap, difference.p]).toEqual([expect.closeTo(0.45, 9), expect.closeTo(0.46594909, 6)])
})

test('where less is better, less is better', () => {
  const runs = new Map(
    Object.entries({ raw: { 1: 0.95, 2: 0.951, 3: 0.949 }, c4: { 1: 0.9, 2: 0.902, 3: 0.899 } }).map(([arm, seeds]) => [
      arm,
      new Map(Object.entries(seeds).map(([seed, value]) => [Number(seed), { value, error: null }])),
    ]),
  )
  const { differences, neighbours } = rank(runs, 'raw', { confidence: 0.95, lowerIsBetter: true })
  expect(differences.map(({ arm, verdict }) => [arm, verdict])).toEqual([['c4', 'better']])
  expect(neighbours.map(({ arm, baseline }) => [arm, baseline])).toEqual([['c4', 'raw']])
})

describe('verdicts', () => {
  test.each<[string, Runs, Parameters<typeof ranked>[1], string]>([
    ['clearly more', { raw: { 1: 40, 2: 40.2, 3: 40.1 }, c4: { 1: 42, 2: 42.3, 3: 42.2 } }, {}, 'better'],
    ['clearly less', { raw: { 1: 42, 2: 42.3, 3: 42.2 }, c4: { 1: 40, 2: 40.2, 3: 40.1 } }, {}, 'worse'],
    // The same gap within each pair by chance, while seeds differ by a point.
    ['pairs that agree by chance', { raw: { 1: 40, 2: 42 }, c4: { 1: 40.1, 2: 42.11 } }, {}, 'inside noise'],
    [
      'what other learning rates change',
      { raw: { 1: 40, 2: 40.2, 3: 40.1 }, c4: { 1: 41, 2: 41.3, 3: 41.2 } },
      { noise: 1.5 },
      'inside noise',
    ],
    ['one seed, more than questions explain', { raw: { 1: 40 }, c4: { 1: 45 } }, {}, 'one seed'],
    ['one seed, within what questions explain', { raw: { 1: 40 }, c4: { 1: 42 } }, {}, 'inside noise'],
    ['one seed, without errors', { raw: { 1: 40 }, c4: { 1: 42 } }, { error: null }, 'one seed'],
    ['one seed, and others say how much that may be', { raw: { 1: 40 }, c4: { 1: 45 }, gopher: { 1: 40, 2: 52 } }, {}, 'inside noise'],
    ['equal', { raw: { 1: 40, 2: 41 }, c4: { 1: 40, 2: 41 } }, {}, 'inside noise'],
  ])('%s', (_, runs, more, verdict) => {
    expect(of(runs, more).verdict).toBe(verdict)
  })
})

test('of many arms, each gap has to be clearer (Holm)', () => {
  const raw = { 1: 40, 2: 40.5, 3: 39.5 }
  const arm = { 1: 41, 2: 41.7, 3: 40.4 }
  const alone = of({ raw, arm })
  expect([alone.verdict, alone.p_holm]).toEqual(['better', alone.p])
  const noise = (i: number) => ({ 1: 40 + i / 7, 2: 40.4 - i / 9, 3: 39.7 + i / 5 })
  const many = ranked({ raw, arm, ...Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`n${i}`, noise(i % 5)])) })
  expect(many.differences[0]!.p_holm).toBeCloseTo(61 * alone.p!, 9)
  expect(many.differences[0]!.verdict).toBe('inside noise')
})

test('equal arms seldom differ', () => {
  const normal = normals(7)
  let called = 0
  for (let n = 0; n < 300; n++) {
    const run = (): Record<number, number> => ({ 1: 40 + normal(), 2: 40 + normal(), 3: 40 + normal() })
    if (of({ raw: run(), c4: run() }).verdict !== 'inside noise') called++
  }
  // 5 % of 300 are 15; the floor by the pooled spread takes some more away.
  expect(called).toBeLessThan(25)
})

test('moving all scores moves no verdict; changing sides turns it round', () => {
  const score = fc.integer({ min: 3000, max: 4000 }).map((n) => n / 100)
  const run = fc.record({ 1: score, 2: score, 3: score })
  fc.assert(
    fc.property(run, run, (raw, c4) => {
      const here = of({ raw, c4 })
      const there = of({ raw: c4, c4: raw })
      expect(there.gap).toBeCloseTo(-here.gap, 9)
      expect(there.verdict).toBe({ better: 'worse', worse: 'better' }[here.verdict as string] ?? here.verdict)
      const moved = (list: Record<number, number>) => Object.fromEntries(Object.entries(list).map(([seed, value]) => [seed, value + 8]))
      expect(of({ raw: moved(raw), c4: moved(c4) }).gap).toBeCloseTo(here.gap, 9)
    }),
    { numRuns: 30 },
  )
})

describe('the noise of all arms together', () => {
  const score = fc.integer({ min: 3000, max: 4000 }).map((n) => n / 100)
  const run = fc.record({ 1: score, 2: score, 3: score })
  test('of two arms, it is the paired test', () => {
    fc.assert(
      fc.property(run, run, (raw, c4) => {
        const [one, other] = [of({ raw, c4 }), of({ raw, c4 }, { pooled: true })]
        expect([other.by, other.df]).toEqual(['pooled seeds', 2])
        expect([other.gap, ...other.interval!, other.p]).toEqual([one.gap, ...one.interval!, one.p].map((n) => expect.closeTo(n!, 6)))
      }),
      { numRuns: 20 },
    )
  })
  test('of three, as statsmodels has it', () => {
    // ols('y ~ C(arm) + C(seed)'): the coefficient of c4, its interval and p.
    const runs = { raw: { 1: 40, 2: 41.5 }, c4: { 1: 42, 2: 42.5 }, gopher: { 1: 41, 2: 41.7 } }
    const difference = of(runs, { pooled: true })
    expect([difference.df, difference.gap]).toEqual([2, 1.5])
    expect([...difference.interval!, difference.p]).toEqual([-0.10990524, 3.10990524, 0.05695808].map((n) => expect.closeTo(n!, 5)))
  })
  test('with one seed there is nothing to take together', () => {
    expect(of({ raw: { 1: 40 }, c4: { 1: 41 } }, { pooled: true }).by).toBe('questions')
  })
})

describe('noise by results', () => {
  test('none with one seed', () => {
    expect(measureNoise(scoresOf({ raw: { 1: [0.4] }, c4: { 1: [0.5] } }), 1)).toBe(undefined)
  })
  test('within arms, over the training, and how seeds go together', () => {
    const noise = measureNoise(scoresOf({ raw: { 1: [0.3, 0.4], 2: [0.3, 0.42] }, c4: { 1: [0.31, 0.41], 2: [0.33, 0.43] } }), 1)!
    expect(noise.checkpoints).toEqual([2])
    // Both arms vary by 2 points between seeds, so √2 each; the differences do not vary at all.
    expect([noise.spread.sd, noise.spread.df, noise.correlation]).toEqual([expect.closeTo(Math.SQRT2, 9), 2, { value: 0.99, df: 1 }])
    expect(noise.over.map(({ at, spread, gap }) => [at, spread.sd, gap])).toEqual([
      [1, expect.closeTo(1, 9), expect.closeTo(2, 9)],
      [2, expect.closeTo(Math.SQRT2, 9), expect.closeTo(1, 9)],
    ])
    expect(noise.averaged.map(({ checkpoints, spread }) => [checkpoints, spread.sd])).toEqual([
      [1, expect.closeTo(Math.SQRT2, 9)],
      [2, expect.closeTo(Math.sqrt((0.5 + 2) / 2), 9)],
    ])
    expect(noise.questions).toBe(1)
  })
})
