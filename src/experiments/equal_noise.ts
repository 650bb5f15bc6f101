import { mean } from './scores.ts'
import { incompleteBeta } from './student.ts'

/** An arm whose scores vary more between seeds than those of the others. */
export interface NoisyArm {
  arm: string
  /** Its standard deviation as a multiple of the others'. */
  times: number
  /** Probability of such an arm among equally noisy ones. */
  p: number
}

/**
 * The arm that is too noisy to share one estimate of noise with the others, by Cochran's C test; undefined when none is. `scores` are by arm, each with
 * as many seeds in the same order. Two tests share `alpha`: on what is left of the scores when arms and seeds have had their share, which sees through
 * effects that all arms of a seed have in common; and on the scores as they are, because of three or four arms one can have at most two or three
 * quarters of what is left, however noisy it is. Two arms have equal remainders, so nothing tells them apart, nor does pooling matter.
 *
 * Source: W. G. Cochran, "The distribution of the largest of a set of estimated variances as a fraction of their total", 1941; upper limits by F as in
 * R. U. E. 't Lam, "Scrutiny of variance results for outliers", 2010.
 */
export function noisyArm(scores: ReadonlyMap<string, readonly number[]>, alpha = 0.05): NoisyArm | undefined {
  const arms = [...scores.values()]
  const seeds = arms[0]?.length ?? 0
  if (arms.length < 3 || seeds < 2) return undefined
  const seedMeans = Array.from({ length: seeds }, (_, s) => mean(arms.map((bySeed) => bySeed[s]!)))
  const all = mean(seedMeans)
  const left = arms.map((bySeed) => sum(bySeed.map((value, s) => (value - mean(bySeed) - seedMeans[s]! + all) ** 2)))
  const plain = arms.map((bySeed) => sum(bySeed.map((value) => (value - mean(bySeed)) ** 2)))
  const found = [
    { ...largestOf(left, seeds), times: timesOfLeft(left) },
    { ...largestOf(plain, seeds), times: timesOf(Math.max(...plain), sum(plain), arms.length) },
  ].sort((a, b) => a.p - b.p)[0]!
  const p = Math.min(1, 2 * found.p)
  return p < alpha ? { arm: [...scores.keys()][found.index]!, times: found.times, p } : undefined
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)

/** The largest of sums of squares, and the probability of such a share of their total. */
function largestOf(squares: readonly number[], seeds: number): { index: number; p: number } {
  const [total, largest, others] = [sum(squares), Math.max(...squares), squares.length - 1]
  const index = squares.indexOf(largest)
  if (total === 0) return { index, p: 1 }
  const share = largest / total
  const ratio = share === 1 ? Number.POSITIVE_INFINITY : (others * share) / (1 - share)
  return { index, p: Math.min(1, squares.length * upperF(ratio, seeds - 1, others * (seeds - 1))) }
}

const timesOf = (largest: number, total: number, arms: number): number => Math.sqrt(((arms - 1) * largest) / Math.max(0, total - largest))

/** Removing the means of seeds puts a share of every arm's noise into the others' (Grubbs 1948). */
function timesOfLeft(squares: readonly number[]): number {
  const n = squares.length
  const total = sum(squares) / (1 - 1 / n)
  return timesOf((Math.max(...squares) - total / n ** 2) / (1 - 2 / n), total, n)
}

/** Probability that F with `a` and `b` degrees of freedom exceeds `f`. */
const upperF = (f: number, a: number, b: number): number =>
  f === Number.POSITIVE_INFINITY ? 0 : incompleteBeta(b / (b + a * f), b / 2, a / 2)
