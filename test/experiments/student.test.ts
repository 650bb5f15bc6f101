import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { detectableGap, itemError, pooledSpread, power, seedsFor } from '../../src/experiments/power.ts'
import {
  chiSquareQuantile,
  incompleteBeta,
  logGamma,
  noncentralStudentCdf,
  normalCdf,
  studentCdf,
  studentCritical,
} from '../../src/experiments/student.ts'
import scipy from './scipy.json' with { type: 'json' }

const close = (value: number, expected: number, relative: number): void =>
  expect(Math.abs(value - expected)).toBeLessThanOrEqual(relative * Math.max(Math.abs(expected), 1e-3))

describe("SciPy's values", () => {
  test('of the quantiles of t', () => {
    for (const [confidence, df, expected] of scipy.student_critical) close(studentCritical(confidence!, df!), expected!, 1e-9)
  })
  test('of t', () => {
    for (const [t, df, expected] of scipy.student_cdf) close(studentCdf(t!, df!), expected!, 1e-10)
  })
  test('of the noncentral t', () => {
    for (const [t, df, d, expected] of scipy.noncentral_cdf) expect(noncentralStudentCdf(t!, df!, d!)).toBeCloseTo(expected!, 7.5)
  })
  test('of the quantiles of χ²', () => {
    for (const [p, df, expected] of scipy.chi2_quantile) close(chiSquareQuantile(p!, df!), expected!, 1e-9)
  })
  test('of the normal', () => {
    for (const [z, expected] of scipy.normal_cdf) close(normalCdf(z!), expected!, 1e-9)
  })
})

test('values that are known exactly', () => {
  expect(logGamma(1)).toBeCloseTo(0, 13)
  expect(logGamma(11)).toBeCloseTo(Math.log(3628800), 11)
  expect(incompleteBeta(0.5, 3, 3)).toBeCloseTo(0.5, 14)
  // t of one degree of freedom is Cauchy's.
  expect(studentCdf(1, 1)).toBeCloseTo(0.75, 14)
})

const design = { sd: 1, paired: true, correlation: 0.5, alpha: 0.05 }

describe('seeds per arm, as statsmodels solves for them', () => {
  test.each(scipy.seeds_paired)('paired, effect %f, alpha %f, power %f: %i', (effect, alpha, wanted, seeds) => {
    // A correlation of 0.5 makes the standard deviation of a difference that of a run.
    expect(seedsFor(effect, wanted, { ...design, alpha })).toBe(seeds)
  })
  test.each(scipy.seeds_unpaired)('unpaired, effect %f, alpha %f, power %f: %i', (effect, alpha, wanted, seeds) => {
    expect(seedsFor(effect, wanted, { ...design, paired: false, alpha })).toBe(seeds)
  })
})

test('no gap has the power of alpha; one seed has none; a gap of none needs no number of seeds', () => {
  expect(power(0, 5, design)).toBeCloseTo(0.05, 8)
  expect(power(5, 1, design)).toBe(0)
  expect(seedsFor(0, 0.8, design)).toBe(undefined)
  expect(detectableGap(1, 0.8, design)).toBe(undefined)
})

test('the smallest gap that seeds detect is one that they detect, and shrinks with more', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 12 }), fc.double({ min: 0.05, max: 3, noNaN: true }), fc.boolean(), (seeds, sd, paired) => {
      const own = { ...design, sd, paired }
      const gap = detectableGap(seeds, 0.8, own)!
      expect(power(gap, seeds, own)).toBeCloseTo(0.8, 6)
      expect(detectableGap(seeds + 1, 0.8, own)!).toBeLessThan(gap)
      // In units of the noise.
      expect(gap / sd).toBeCloseTo(detectableGap(seeds, 0.8, { ...own, sd: 1 })!, 5)
    }),
    { numRuns: 8 },
  )
})

test('a spread within groups', () => {
  expect(pooledSpread([[1], [2]])).toBe(undefined)
  const { sd, df, interval } = pooledSpread([[1, 3], [10, 12, 14], [5]])!
  expect([sd, df]).toEqual([Math.sqrt((2 + 8) / 3), 3])
  // √(10 ÷ χ²) with 9.3484 and 0.21580.
  expect(interval.map((limit) => Number(limit.toFixed(3)))).toEqual([1.034, 6.807])
})

test('1,000 questions on each of 8 tasks', () => {
  expect(itemError(1000, 8)).toBeCloseTo(0.559, 3)
})
