import { chiSquareQuantile, noncentralStudentCdf, studentCritical } from './student.ts'

/**
 * How many training runs resolve a gap between two arms. The unit of chance is a run: its seed decides the order and choice of data and the initial
 * weights, and its score is compared by a two-sided t test, with exact power by the noncentral t distribution.
 *
 * FineWeb trained two runs an arm and found its 16 rules within 0.8 points of each other, neighbours within 0.1 (arXiv 2406.17557, App. E.4);
 * DataDecide three (arXiv 2504.11393); in DCLM's public results the same data with other learning rates and weight decays spreads by 0.7 to 1.6
 * points of its Core score (arXiv 2406.11794, its evaluation files). No noise is assumed here: it is measured, or given.
 */
export interface Design {
  /** Standard deviation of the score of one run: other seeds, all else equal. */
  sd: number
  /** Whether runs of two arms with the same seed are compared one by one, and how strongly their scores then go together. */
  paired: boolean
  correlation: number
  /** Probability to call a gap where there is none. */
  alpha: number
}

/** Of a paired difference, or of each run's score. */
const deviation = ({ sd, paired, correlation }: Design): number => (paired ? sd * Math.sqrt(2 * (1 - correlation)) : sd)

/** Probability that a t test with so many seeds per arm finds a gap, in either direction. */
export function power(gap: number, seeds: number, design: Design): number {
  if (seeds < 2) return 0
  const noise = deviation(design)
  const df = design.paired ? seeds - 1 : 2 * (seeds - 1)
  if (noise === 0) return gap === 0 ? design.alpha : 1
  const noncentrality = Math.abs(gap) / (noise * Math.sqrt((design.paired ? 1 : 2) / seeds))
  const critical = studentCritical(1 - design.alpha, df)
  // Far from it, nothing but 1 is left, and the integral need not be taken.
  if (noncentrality > critical + 40) return 1
  return 1 - noncentralStudentCdf(critical, df, noncentrality) + noncentralStudentCdf(-critical, df, noncentrality)
}

/** The fewest seeds per arm that find a gap with a probability; undefined when a million are too few. */
export function seedsFor(gap: number, probability: number, design: Design): number | undefined {
  if (gap === 0) return undefined
  let [low, high] = [1, 2]
  while (power(gap, high, design) < probability) {
    ;[low, high] = [high, 2 * high]
    if (high > 1e6) return undefined
  }
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (power(gap, middle, design) < probability) low = middle
    else high = middle
  }
  return high
}

/** The smallest gap that so many seeds per arm find with a probability; undefined with one seed, which says nothing about its noise. */
export function detectableGap(seeds: number, probability: number, design: Design): number | undefined {
  if (seeds < 2) return undefined
  let [low, high] = [0, Math.max(deviation(design), Number.MIN_VALUE)]
  while (power(high, seeds, design) < probability) [low, high] = [high, 2 * high]
  for (let i = 0; i < 60 && high - low > 1e-9 * high; i++) {
    const middle = (low + high) / 2
    if (power(middle, seeds, design) < probability) low = middle
    else high = middle
  }
  return high
}

/** A standard deviation from groups of values, and how little it says: its 95 % interval. */
export interface Spread {
  sd: number
  df: number
  interval: [from: number, to: number]
}

/** The standard deviation within groups, pooled; undefined when no group has two values. */
export function pooledSpread(groups: readonly (readonly number[])[]): Spread | undefined {
  let [squares, df] = [0, 0]
  for (const group of groups) {
    const mean = group.reduce((a, b) => a + b, 0) / group.length
    for (const value of group) squares += (value - mean) ** 2
    df += Math.max(0, group.length - 1)
  }
  return df === 0 ? undefined : spreadOf(squares, df)
}

function spreadOf(squares: number, df: number): Spread {
  const limit = (probability: number): number => Math.sqrt(squares / chiSquareQuantile(probability, df))
  return { sd: Math.sqrt(squares / df), df, interval: [limit(0.975), limit(0.025)] }
}

/** The standard deviation of what is left of scores when arms and seeds have had their share; arms by seeds, all of one length. */
export function remainingSpread(arms: readonly (readonly number[])[]): Spread | undefined {
  const seeds = arms[0]?.length ?? 0
  const df = (arms.length - 1) * (seeds - 1)
  if (df <= 0) return undefined
  const meanOf = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length
  const seedMeans = Array.from({ length: seeds }, (_, s) => meanOf(arms.map((bySeed) => bySeed[s]!)))
  const all = meanOf(seedMeans)
  let squares = 0
  for (const bySeed of arms) for (const [s, value] of bySeed.entries()) squares += (value - meanOf(bySeed) - seedMeans[s]! + all) ** 2
  return spreadOf(squares, df)
}

/**
 * The error that a benchmark of finitely many questions adds, in points of the mean over tasks, at most: half of the questions right. All runs answer
 * the same questions, so more seeds do not reduce it; it limits what the result says beyond these questions.
 */
export const itemError = (items: number, tasks: number): number => (100 * Math.sqrt(0.25 / items)) / Math.sqrt(tasks)
