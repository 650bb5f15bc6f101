import { meant, UserError } from '../core/errors.ts'
import type { Placed, SampledArm } from './placing.ts'
import { type BenchmarkTask, type Metric, meanMetric, meanTask, type ResultFile } from './result_files.ts'

/** Scores of one run at one moment of its training. Points are hundredths: an accuracy of 0.45 is 45. */
export interface Checkpoint {
  arm: string
  seed: number
  at: number
  files: string[]
  /** By task; `error` is the standard error over the questions. */
  tasks: Map<string, Metric>
  /** Unweighted mean over tasks, as FineWeb has it. */
  mean: Metric
}

export interface Scores {
  unit: 'tokens' | 'steps'
  arms: string[]
  /** Tasks that every checkpoint has, each with the metric that stands for it. */
  tasks: { name: string; metric: string; items: number | null }[]
  /** Tasks that only some have, or that have none of the metrics. */
  left_out: string[]
  checkpoints: Checkpoint[]
}

export interface ScoreOptions {
  /** Preferred metrics, the best first. */
  metrics: readonly string[]
  /** Tasks to count, all by default; "a+b" counts the mean of two as one. */
  tasks?: readonly string[] | undefined
  tokensPerStep?: number | undefined
  /** Tokens of a whole training, where a sample does not say how many an arm has. */
  budget: number | null
}

export const defaultMetrics = ['acc_norm', 'acc', 'exact_match', 'em', 'extractive_match', 'f1', 'mcc']

/** All result files as checkpoints of runs, with the tasks and metrics that all have in common. */
export function collectScores(
  files: readonly { file: ResultFile; placed: Placed }[],
  arms: readonly SampledArm[],
  options: ScoreOptions,
): Scores {
  const { unit, places } = unify(files, arms, options)
  const merged = new Map<
    string,
    { arm: string; seed: number; at: number; files: string[]; tasks: Map<string, BenchmarkTask>; from: Map<string, string> }
  >()
  for (const [i, { file, placed }] of files.entries()) {
    const { arm, seed } = placed
    const at = places[i]!
    const key = `${arm}\n${seed}\n${at}`
    const point = merged.get(key) ?? { arm, seed, at, files: [], tasks: new Map<string, BenchmarkTask>(), from: new Map<string, string>() }
    merged.set(key, point)
    point.files.push(file.path)
    for (const [name, task] of file.tasks) {
      const earlier = point.from.get(name)
      if (earlier !== undefined)
        throw new UserError(
          `${file.path} and ${earlier} both have ${name} of ${arm}, seed ${seed}, at ${at} ${unit}`,
          'give one of them; if they are of different checkpoints, say which with --map or --pattern',
        )
      point.from.set(name, file.path)
      point.tasks.set(name, task)
    }
  }
  const points = [...merged.values()]
  const all = [...new Set(points.flatMap(({ tasks }) => [...tasks.keys()]))]
  const counted = options.tasks ?? all
  const tasks: { name: string; metric: string; parts: string[] }[] = []
  const leftOut: string[] = []
  for (const name of counted) {
    const parts = all.includes(name) ? [name] : name.split('+')
    for (const part of parts)
      if (!all.includes(part))
        throw new UserError(`--tasks ${name}: no result has a task "${part}"${meant(part, all)}`, `tasks: ${all.join(', ')}`)
    const metric = options.metrics.find((candidate) =>
      points.every((point) => parts.every((part) => point.tasks.get(part)?.metrics.has(candidate))),
    )
    if (metric === undefined) leftOut.push(name)
    else tasks.push({ name, metric, parts })
  }
  if (tasks.length === 0)
    throw new UserError(
      `no task has one of the metrics ${options.metrics.join(', ')} in all ${points.length} checkpoints`,
      `tasks: ${all.join(', ')}; --metric chooses others, of ${[...new Set(points.flatMap((point) => [...point.tasks.values()].flatMap((task) => [...task.metrics.keys()])))].join(', ')}`,
    )
  const partsOf = (point: { tasks: Map<string, BenchmarkTask> }, parts: readonly string[]): BenchmarkTask =>
    meanTask(parts.map((part) => point.tasks.get(part)!))
  const checkpoints = points.map((point): Checkpoint => {
    const scores = new Map(
      tasks.map(({ name, metric, parts }) => [
        name,
        hundredths(partsOf(point, parts).metrics.get(metric)!, `${point.files[0]}: ${name}: ${metric}`),
      ]),
    )
    const { arm, seed, at } = point
    return { arm, seed, at, files: point.files, tasks: scores, mean: meanMetric([...scores.values()]) }
  })
  const order = [...new Set(arms.map(({ name }) => name))]
  return {
    unit,
    arms: order.filter((name) => checkpoints.some(({ arm }) => arm === name)),
    tasks: tasks.map(({ name, metric, parts }) => ({ name, metric, items: partsOf(points[0]!, parts).items })),
    left_out: leftOut,
    checkpoints: checkpoints.sort((a, b) => order.indexOf(a.arm) - order.indexOf(b.arm) || a.seed - b.seed || a.at - b.at),
  }
}

function hundredths({ value, error }: Metric, where: string): Metric {
  if (value < 0 || value > 1)
    throw new UserError(`${where}: ${value} is not a share from 0 to 1`, '--metric and --tasks choose what counts')
  return { value: 100 * value, error: error === null ? null : 100 * error }
}

/** One axis for all: tokens where they are known or follow from steps, else steps. */
function unify(
  files: readonly { file: ResultFile; placed: Placed }[],
  arms: readonly SampledArm[],
  { tokensPerStep, budget }: ScoreOptions,
): { unit: Scores['unit']; places: number[] } {
  const tokens = files.map(({ placed: { arm, seed, tokens: stated, step } }) => {
    if (stated !== null) return stated
    if (step !== null) return tokensPerStep === undefined ? null : step * tokensPerStep
    return arms.find((drawn) => drawn.name === arm && drawn.seed === seed)?.tokens ?? budget
  })
  if (tokens.every((n) => n !== null)) return { unit: 'tokens', places: tokens }
  const withoutStep = files.find(({ placed }) => placed.step === null)
  if (withoutStep)
    throw new UserError(
      `${withoutStep.file.path}: says no step, while others say steps and not tokens`,
      'give --tokens-per-step, or say where it belongs with --map or --pattern',
    )
  return { unit: 'steps', places: files.map(({ placed }) => placed.step!) }
}

/** The last checkpoints that every run has, ascending; runs without them are why there are fewer. */
export function lastCommon({ checkpoints }: Scores, last: number): number[] {
  const runs = new Map<string, Set<number>>()
  for (const { arm, seed, at } of checkpoints) {
    const key = `${arm}, seed ${seed}`
    runs.set(key, (runs.get(key) ?? new Set()).add(at))
  }
  const [first, ...others] = [...runs.values()]
  const common = [...(first ?? [])].filter((at) => others.every((set) => set.has(at))).sort((a, b) => a - b)
  if (common.length === 0)
    throw new UserError(
      `the ${runs.size} runs have no checkpoint in common`,
      [...runs].map(([name, set]) => `${name}: ${[...set].sort((a, b) => a - b).join(', ')}`).join('; '),
    )
  return common.slice(-last)
}

/** Of each arm and seed, the mean over some checkpoints of one task, or of the mean over tasks. */
export function runScores({ arms, checkpoints }: Scores, at: readonly number[], task?: string): Map<string, Map<number, Metric>> {
  const of = (checkpoint: Checkpoint): Metric => (task === undefined ? checkpoint.mean : checkpoint.tasks.get(task)!)
  return new Map(
    arms.map((arm) => {
      const ofArm = checkpoints.filter((checkpoint) => checkpoint.arm === arm && at.includes(checkpoint.at))
      const seeds = [...new Set(ofArm.map(({ seed }) => seed))]
      return [
        arm,
        new Map(
          seeds.map((seed): [number, Metric] => {
            const metrics = ofArm.filter((checkpoint) => checkpoint.seed === seed).map(of)
            // All checkpoints answer the same questions: averaging them takes nothing off that error.
            const errors = metrics.flatMap(({ error }) => (error === null ? [] : [error]))
            const error = errors.length === metrics.length ? errors.reduce((a, b) => a + b, 0) / errors.length : null
            return [seed, { value: mean(metrics.map(({ value }) => value)), error }]
          }),
        ),
      ]
    }),
  )
}

export const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length
