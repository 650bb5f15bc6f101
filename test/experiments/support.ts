import type { Placed, SampledArm } from '../../src/experiments/placing.ts'
import { parseResults, type ResultFile } from '../../src/experiments/result_files.ts'
import { collectScores, defaultMetrics, type Scores } from '../../src/experiments/scores.ts'

export const sampled = (names: string[], seeds: number[]): SampledArm[] =>
  seeds.flatMap((seed) => names.map((name) => ({ name, seed, tokens: 28e9 })))

export type Values = Record<string, number | Record<string, number>>

/** A result file as lm-evaluation-harness writes it; a plain number is an accuracy with a standard error of 0.01. */
export const harnessJson = (tasks: Values): string =>
  JSON.stringify({
    results: Object.fromEntries(
      Object.entries(tasks).map(([task, given]) => [
        task,
        typeof given === 'number' ? { 'acc,none': given, 'acc_stderr,none': 0.01 } : given,
      ]),
    ),
  })

export function fileOf(
  placed: Partial<Placed> & { arm: string; seed: number },
  tasks: Values,
  path = 'f',
): { file: ResultFile; placed: Placed } {
  return { file: parseResults(path, harnessJson(tasks)), placed: { tokens: null, step: null, ...placed } }
}

/** Scores of runs by arm and seed: a list over steps 1, 2, … of the accuracies of one task. */
export function scoresOf(runs: Record<string, Record<number, number[]>>): Scores {
  const files = Object.entries(runs).flatMap(([arm, seeds]) =>
    Object.entries(seeds).flatMap(([seed, values]) =>
      values.map((value, i) => fileOf({ arm, seed: Number(seed), step: i + 1 }, { task: value })),
    ),
  )
  return collectScores(files, sampled(Object.keys(runs), [1, 2, 3, 4, 5]), { metrics: defaultMetrics, budget: null })
}

/** Normally distributed numbers, the same for the same seed. */
export function normals(seed: number): () => number {
  let state = seed
  const next = (): number => (state = (state * 48271) % 2147483647) / 2147483647
  return () => Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next())
}
