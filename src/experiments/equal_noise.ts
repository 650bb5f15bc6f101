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
 * The arm that is too noisy to share one estimate of noise with the others, by Cochran's C test on what is left of the scores when arms and seeds have
 * had their share; undefined when none is. `scores` are by arm, each with as many seeds in the same order. Two arms have equal remainders, so nothing
 * tells them apart, nor does pooling matter.
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
  const squares = arms.map((bySeed) => bySeed.reduce((sum, value, s) => sum + (value - mean(bySeed) - seedMeans[s]! + all) ** 2, 0))
  const total = squares.reduce((a, b) => a + b, 0)
  const largest = Math.max(...squares)
  if (total === 0) return undefined
  const share = largest / total
  const others = arms.length - 1
  const ratio = share === 1 ? Number.POSITIVE_INFINITY : (others * share) / (1 - share)
  const p = Math.min(1, arms.length * upperF(ratio, seeds - 1, others * (seeds - 1)))
  if (p >= alpha) return undefined
  // Removing the means of seeds puts a share of every arm's noise into the others' (Grubbs 1948).
  const variances = total / (1 - 1 / arms.length)
  const ofArm = (largest - variances / arms.length ** 2) / (1 - 2 / arms.length)
  const times = Math.sqrt((others * ofArm) / Math.max(0, variances - ofArm))
  return { arm: [...scores.keys()][squares.indexOf(largest)]!, times, p }
}

/** Probability that F with `a` and `b` degrees of freedom exceeds `f`. */
const upperF = (f: number, a: number, b: number): number =>
  f === Number.POSITIVE_INFINITY ? 0 : incompleteBeta(b / (b + a * f), b / 2, a / 2)
