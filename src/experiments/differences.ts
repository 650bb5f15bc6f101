import { type NoisyArm, noisyArm } from './equal_noise.ts'
import { pooledSpread, type Spread } from './power.ts'
import type { Metric } from './result_files.ts'
import { mean } from './scores.ts'
import { studentCdf, studentCritical } from './student.ts'

/** Scores of an arm against those of the baseline, in points. */
export interface Difference {
  arm: string
  baseline: string
  gap: number
  /** Seeds that both have, by which runs are compared one by one. */
  seeds: number[]
  /** What the interval is made of: the spread of the paired differences, of two sets of seeds, or of questions alone. */
  by: 'paired seeds' | 'pooled seeds' | 'seeds' | 'questions' | 'nothing'
  interval: [from: number, to: number] | null
  df: number | null
  /** Probability of such a gap between equal arms, by the same test; and corrected for the number of arms compared (Holm). */
  p: number | null
  p_holm: number | null
  verdict: 'better' | 'worse' | 'inside noise' | 'one seed'
}

export interface Ranking {
  baseline: string
  /** Standard deviation of a run's score within arms. */
  spread: Spread | null
  /** Gaps below this are noise, whatever the interval says: as given, or the standard error of a difference by the pooled spread. */
  noise: { points: number; by: 'given' | 'seeds' } | null
  /** Whether noise was to be pooled; it is not, where arms have other seeds or one varies more. */
  asked_pooled: boolean
  /** Why noise is not pooled although that was asked for: this arm varies more than the others. */
  not_pooled: NoisyArm | null
  differences: Difference[]
  /** In order of scores: each arm against the next one below it. */
  neighbours: Difference[]
}

export interface RankOptions {
  confidence: number
  /** Points below which a gap is noise. */
  noise?: number | undefined
  /** Take the noise of all arms together. */
  pooled?: boolean | undefined
  /** Whether a lower score is a better one. */
  lowerIsBetter?: boolean | undefined
}

type Runs = ReadonlyMap<string, ReadonlyMap<number, Metric>>

/**
 * Compare each arm with the baseline. The spread of two or three paired seeds may be small by chance, so a gap also has to exceed the standard error
 * that the pooled spread of all arms gives it. One seed cannot tell: the error over questions says how far the scores would move on other
 * questions, not on another training, which alone moves FineWeb's scores as far as most of its rules do.
 */
export function rank(runs: Runs, baseline: string, { confidence, noise, pooled = false, lowerIsBetter = false }: RankOptions): Ranking {
  const spread = pooledSpread([...runs.values()].map((seeds) => [...seeds.values()].map(({ value }) => value))) ?? null
  const scoreOf = (arm: string): number => mean([...runs.get(arm)!.values()].map(({ value }) => value))
  const order = [...runs.keys()].sort((a, b) => (lowerIsBetter ? scoreOf(a) - scoreOf(b) : scoreOf(b) - scoreOf(a)))
  const seedCounts = [...runs.values()].map((seeds) => seeds.size)
  const standardError = spread === null ? null : spread.sd * Math.sqrt(2 / Math.min(...seedCounts))
  const scale: Ranking['noise'] =
    noise !== undefined ? { points: noise, by: 'given' } : standardError === null ? null : { points: standardError, by: 'seeds' }
  const notPooled = (pooled && noisyArm(valuesBySeed(runs))) || null
  const judged = (pairs: readonly (readonly [arm: string, baseline: string])[]): Difference[] => {
    const differences = pairs.map(
      ([arm, against]) =>
        (pooled && !notPooled ? pooledDifference(runs, arm, against, confidence) : undefined) ??
        differenceOf(runs, arm, against, confidence),
    )
    correct(differences)
    return differences.map((difference) => {
      const least = spread === null || scale?.by === 'given' ? (scale?.points ?? 0) : pairError(spread, runs, difference)
      return { ...difference, verdict: verdictOf(difference, least, 1 - confidence, lowerIsBetter) }
    })
  }
  return {
    baseline,
    spread,
    noise: scale,
    asked_pooled: pooled,
    not_pooled: notPooled,
    differences: judged([...runs.keys()].filter((arm) => arm !== baseline).map((arm) => [arm, baseline])),
    neighbours: judged(order.slice(1).map((lower, i) => [order[i]!, lower])),
  }
}

/** Scores of the seeds that all arms have. */
function valuesBySeed(runs: Runs): Map<string, number[]> {
  const all = [...runs.values()]
  const seeds = [...(all[0]?.keys() ?? [])].filter((seed) => all.every((bySeed) => bySeed.has(seed)))
  return new Map([...runs].map(([arm, bySeed]) => [arm, seeds.map((seed) => bySeed.get(seed)!.value)]))
}

const pairError = ({ sd }: Spread, runs: Runs, { arm, baseline }: Difference): number =>
  sd * Math.sqrt(1 / runs.get(arm)!.size + 1 / runs.get(baseline)!.size)

function differenceOf(runs: Runs, arm: string, baseline: string, confidence: number): Difference {
  const [armRuns, baseRuns] = [runs.get(arm)!, runs.get(baseline)!]
  const seeds = [...armRuns.keys()].filter((seed) => baseRuns.has(seed)).sort((a, b) => a - b)
  const [armValues, baseValues] = [armRuns, baseRuns].map((all) => [...all.values()].map(({ value }) => value)) as [number[], number[]]
  const found = { arm, baseline, seeds, p_holm: null, verdict: 'inside noise' as const }
  // Runs are paired only where every run has its partner: a run that the test left out would still be in the scores that are shown.
  const isPaired = seeds.length === armRuns.size && seeds.length === baseRuns.size
  if (seeds.length >= 2 && isPaired) {
    const gaps = seeds.map((seed) => armRuns.get(seed)!.value - baseRuns.get(seed)!.value)
    return { ...found, by: 'paired seeds', ...test(mean(gaps), Math.sqrt(variance(gaps) / gaps.length), gaps.length - 1, confidence) }
  }
  const gap = mean(armValues) - mean(baseValues)
  if (armValues.length >= 2 && baseValues.length >= 2) {
    // Welch: other seeds, and spreads that may differ.
    const [a, b] = [variance(armValues) / armValues.length, variance(baseValues) / baseValues.length]
    const df = a + b === 0 ? 1 : (a + b) ** 2 / (a ** 2 / (armValues.length - 1) + b ** 2 / (baseValues.length - 1))
    return { ...found, by: 'seeds', ...test(gap, Math.sqrt(a + b), df, confidence) }
  }
  const errors = [armRuns, baseRuns].map((all) => [...all.values()][0]!.error)
  if (errors.some((error) => error === null)) return { ...found, by: 'nothing', gap, interval: null, df: null, p: null }
  const error = Math.hypot(...(errors as number[]))
  const { interval, p } = test(gap, error, 1e6, confidence)
  return { ...found, by: 'questions', gap, interval, df: null, p }
}

/**
 * The noise of all arms together: what is left of the scores when arms and seeds have had their share (randomised blocks). With two seeds each, 16 arms
 * give 15 degrees of freedom where a pair of arms gives one; it takes for granted that all arms are equally noisy. Of two arms it is the paired test.
 */
function pooledDifference(runs: Runs, arm: string, baseline: string, confidence: number): Difference | undefined {
  const seeds = [...runs.get(arm)!.keys()].filter((seed) => [...runs.values()].every((bySeed) => bySeed.has(seed))).sort((a, b) => a - b)
  if (seeds.length < 2 || [...runs.values()].some((bySeed) => bySeed.size !== seeds.length)) return undefined
  const scores = [...runs.values()].map((bySeed) => seeds.map((seed) => bySeed.get(seed)!.value))
  const seedMeans = seeds.map((_, s) => mean(scores.map((bySeed) => bySeed[s]!)))
  const all = mean(seedMeans)
  let squares = 0
  for (const bySeed of scores) for (const [s, value] of bySeed.entries()) squares += (value - mean(bySeed) - seedMeans[s]! + all) ** 2
  const df = (scores.length - 1) * (seeds.length - 1)
  const meanOf = (name: string): number => mean(seeds.map((seed) => runs.get(name)!.get(seed)!.value))
  const error = Math.sqrt((2 * squares) / df / seeds.length)
  const found = { arm, baseline, seeds, by: 'pooled seeds' as const, p_holm: null, verdict: 'inside noise' as const }
  return { ...found, ...test(meanOf(arm) - meanOf(baseline), error, df, confidence) }
}

function test(gap: number, error: number, df: number, confidence: number): Pick<Difference, 'gap' | 'interval' | 'df' | 'p'> {
  const reach = studentCritical(confidence, df) * error
  const p = error === 0 ? (gap === 0 ? 1 : 0) : 2 * studentCdf(-Math.abs(gap) / error, df)
  return { gap, interval: [gap - reach, gap + reach], df, p }
}

function variance(values: readonly number[]): number {
  const center = mean(values)
  return values.reduce((sum, value) => sum + (value - center) ** 2, 0) / (values.length - 1)
}

/** Holm's step-down: the smallest p times the number of comparisons, the next times one less, and none below the one before. */
function correct(differences: Difference[]): void {
  const tested = differences.filter(({ p }) => p !== null).sort((a, b) => a.p! - b.p!)
  let least = 0
  for (const [i, difference] of tested.entries()) {
    least = Math.max(least, Math.min(1, difference.p! * (tested.length - i)))
    difference.p_holm = least
  }
}

function verdictOf({ gap, by, interval, p_holm }: Difference, noise: number, alpha: number, lowerIsBetter: boolean): Difference['verdict'] {
  const isInside = Math.abs(gap) < noise || (interval !== null && interval[0] <= 0 && interval[1] >= 0)
  if (isInside) return 'inside noise'
  if (by === 'questions' || by === 'nothing') return 'one seed'
  if (p_holm !== null && p_holm >= alpha) return 'inside noise'
  return gap > 0 !== lowerIsBetter ? 'better' : 'worse'
}
