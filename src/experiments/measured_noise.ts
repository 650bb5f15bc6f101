import { pooledSpread, remainingSpread, type Spread } from './power.ts'
import type { Metric } from './result_files.ts'
import { lastCommon, mean, runScores, type Scores } from './scores.ts'

/** What results say of noise. */
export interface MeasuredNoise {
  /** Checkpoints whose mean each run is judged by. */
  checkpoints: number[]
  /** Of one run's score within arms. */
  spread: Spread
  /** How the scores of runs with the same seed go together: 1 − s² of differences ÷ 2 s² of runs, from −1 to 0.99; null without pairs. */
  correlation: { value: number; df: number } | null
  /** Of what runs with the same seed do not have in common, which is all that a paired comparison sees; null without two seeds that all arms have. */
  unshared: Spread | null
  /** At each checkpoint that all runs have: the spread there, and the largest gap between two arms. */
  over: { at: number; spread: Spread; gap: number }[]
  /** When the last one, two, three … checkpoints are averaged. */
  averaged: { checkpoints: number; spread: Spread }[]
  /** Standard error of the mean over tasks that the number of questions leaves, by the files; null where they do not say. */
  questions: number | null
}

/** Undefined when no arm has two seeds. */
export function measureNoise(scores: Scores, last: number): MeasuredNoise | undefined {
  const common = lastCommon(scores, Number.MAX_SAFE_INTEGER)
  const spreadAt = (places: readonly number[]): Spread | undefined =>
    pooledSpread([...runScores(scores, places).values()].map((seeds) => [...seeds.values()].map(({ value }) => value)))
  const checkpoints = common.slice(-last)
  const spread = spreadAt(checkpoints)
  if (!spread) return undefined
  const over = common.map((at) => {
    const means = [...runScores(scores, [at]).values()].map((seeds) => mean([...seeds.values()].map(({ value }) => value)))
    return { at, spread: spreadAt([at])!, gap: Math.max(...means) - Math.min(...means) }
  })
  const averaged = [1, 2, 3, 5, 10].filter((n) => n <= common.length).map((n) => ({ checkpoints: n, spread: spreadAt(common.slice(-n))! }))
  const runs = runScores(scores, checkpoints)
  const errors = [...runs.values()].flatMap((seeds) => [...seeds.values()].map(({ error }) => error))
  return {
    checkpoints,
    spread,
    correlation: correlationOf(runs, spread.sd),
    unshared: unsharedSpread(runs),
    over,
    averaged,
    questions: errors.every((error) => error !== null) ? mean(errors) : null,
  }
}

function unsharedSpread(runs: ReturnType<typeof runScores>): Spread | null {
  const all = [...runs.values()]
  const seeds = [...(all[0]?.keys() ?? [])].filter((seed) => all.every((bySeed) => bySeed.has(seed)))
  return remainingSpread(all.map((bySeed) => seeds.map((seed) => bySeed.get(seed)!.value))) ?? null
}

function correlationOf(runs: ReturnType<typeof runScores>, sd: number): MeasuredNoise['correlation'] {
  const [base, ...others] = [...runs.values()] as [Map<number, Metric>, ...Map<number, Metric>[]]
  const gaps = others.map((seeds) => [...seeds].flatMap(([seed, { value }]) => (base.has(seed) ? [value - base.get(seed)!.value] : [])))
  const paired = pooledSpread(gaps)
  if (!paired || sd === 0) return null
  return { value: Math.max(-1, Math.min(0.99, 1 - paired.sd ** 2 / (2 * sd ** 2))), df: paired.df }
}
