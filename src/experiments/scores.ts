import { UserError, unknownName } from '../core/errors.ts'
import { isLowerBetter, unitOf } from './metric_kinds.ts'
import type { Placed, SampledArm } from './placing.ts'
import { type BenchmarkTask, type Metric, meanMetric, meanTask, type ResultFile } from './result_files.ts'
import { overlapping } from './sample_manifest.ts'

/** Scores of one run at one moment of its training. Shares are shown in points, hundredths: an accuracy of 0.45 is 45; other metrics as they are. */
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
  tasks: { name: string; metric: string; items: number | null; lower_is_better: boolean; unit: 'points' | 'value' }[]
  /** Of the mean over tasks, which all have the same. */
  lower_is_better: boolean
  measured_in: 'points' | 'value'
  /** Tasks that only some have, that have none of the metrics, or whose metric has no mean with the others. */
  left_out: string[]
  checkpoints: Checkpoint[]
  /** Arms whose seeds share too many of their tokens. */
  overlapping: { arm: string; share: number }[]
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

export const defaultMetrics = [
  ...['acc_norm', 'acc', 'exact_match', 'em', 'extractive_match', 'f1', 'mcc'],
  ...['bits_per_byte', 'word_perplexity', 'byte_perplexity', 'perplexity', 'loss'],
]

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
      if (!all.includes(part)) throw unknownName(`--tasks ${name}: no result has a task "${part}"`, part, all, `tasks: ${all.join(', ')}`)
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
  const found = tasks.map((task) => ({ ...task, ...directionOf(task, points, partsOf) }))
  if (options.tasks) refuseMixed(found)
  // Perplexities beside accuracies: the metric that is preferred decides what is counted.
  const preferred = found.toSorted((a, b) => options.metrics.indexOf(a.metric) - options.metrics.indexOf(b.metric))[0]!
  const described = found.filter((task) => isSameKind(task, preferred))
  leftOut.push(...found.filter((task) => !isSameKind(task, preferred)).map(({ name }) => name))
  const checkpoints = points.map((point): Checkpoint => {
    const scores = new Map(
      described.map(({ name, metric, parts, unit: taskUnit }) => [name, scaled(partsOf(point, parts).metrics.get(metric)!, taskUnit)]),
    )
    const { arm, seed, at } = point
    return { arm, seed, at, files: point.files, tasks: scores, mean: meanMetric([...scores.values()]) }
  })
  const order = [...new Set(arms.map(({ name }) => name))]
  return {
    unit,
    arms: order.filter((name) => checkpoints.some(({ arm }) => arm === name)),
    tasks: described.map(({ name, metric, parts, lower_is_better, unit: told }) => ({
      ...{ name, metric, items: partsOf(points[0]!, parts).items },
      ...{ lower_is_better, unit: told },
    })),
    lower_is_better: described[0]!.lower_is_better,
    measured_in: described[0]!.unit,
    left_out: leftOut,
    overlapping: overlapping(arms.filter(({ name, seed }) => checkpoints.some((run) => run.arm === name && run.seed === seed))),
    checkpoints: checkpoints.sort((a, b) => order.indexOf(a.arm) - order.indexOf(b.arm) || a.seed - b.seed || a.at - b.at),
  }
}

interface Point {
  tasks: Map<string, BenchmarkTask>
}

/** Which way a task's metric is better, and how its values are shown. */
function directionOf(
  { metric, parts }: { metric: string; parts: readonly string[] },
  points: readonly Point[],
  partsOf: (point: Point, parts: readonly string[]) => BenchmarkTask,
): TaskKind {
  const found = points.map((point) => partsOf(point, parts).metrics.get(metric)!)
  const lower_is_better = isLowerBetter(metric, found.find(({ higherIsBetter }) => higherIsBetter !== undefined)?.higherIsBetter)
  const values = found.map(({ value }) => value)
  return { lower_is_better, unit: unitOf(metric, values, lower_is_better) }
}

interface TaskKind {
  lower_is_better: boolean
  unit: 'points' | 'value'
}

const isSameKind = (a: TaskKind, b: TaskKind): boolean => a.lower_is_better === b.lower_is_better && a.unit === b.unit

/** A mean over tasks says nothing where more is better in one and less in another, or where one counts points and another bits. */
function refuseMixed(tasks: readonly (TaskKind & { name: string; metric: string })[]): void {
  const [first] = tasks as [(typeof tasks)[number]]
  const unlike = tasks.find((task) => !isSameKind(task, first))
  if (!unlike) return
  const way = ({ lower_is_better, unit }: (typeof tasks)[number]): string =>
    `${unit === 'points' ? 'a share' : 'a number'}, ${lower_is_better ? 'lower' : 'higher'} is better`
  throw new UserError(
    `${first.name}: ${first.metric} (${way(first)}) and ${unlike.name}: ${unlike.metric} (${way(unlike)}) have no mean`,
    'choose tasks of one kind with --tasks, or metrics with --metric',
  )
}

function scaled({ value, error, ...direction }: Metric, unit: 'points' | 'value'): Metric {
  const factor = unit === 'points' ? 100 : 1
  return { value: factor * value, error: error === null ? null : factor * error, ...direction }
}

/** One axis for all: tokens where they are known or follow from steps, else steps. */
function unify(
  files: readonly { file: ResultFile; placed: Placed }[],
  arms: readonly SampledArm[],
  { tokensPerStep, budget }: ScoreOptions,
): { unit: Scores['unit']; places: number[] } {
  // The end of a training is one place for all, although arms differ by a document's tokens.
  const drawn = arms.flatMap(({ tokens }) => (tokens === null ? [] : [tokens]))
  const end = budget ?? (drawn.length > 0 ? Math.max(...drawn) : null)
  const tokens = files.map(({ placed: { tokens: stated, step } }) => {
    if (stated !== null) return stated
    if (step !== null) return tokensPerStep === undefined ? null : step * tokensPerStep
    return end
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
