import { UserError } from '../core/errors.ts'
import { withoutNaN } from '../core/exact_json.ts'

/** One metric of one task, as the harness gives it: a share of 0 to 1, or another number; and its standard error over the questions. */
export interface Metric {
  value: number
  error: number | null
  /** Whether more of it is better, where the file says so. */
  higherIsBetter?: boolean
}

export interface BenchmarkTask {
  metrics: Map<string, Metric>
  /** Questions asked. */
  items: number | null
}

/** What a harness wrote of one model. */
export interface ResultFile {
  path: string
  harness: 'lm-evaluation-harness' | 'lighteval'
  model: string
  tasks: Map<string, BenchmarkTask>
}

type JsonObject = Record<string, unknown>
const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value)
const asObject = (value: unknown): JsonObject => (isObject(value) ? value : {})
const asNumber = (value: unknown): number | null => (typeof value === 'number' && Number.isFinite(value) ? value : null)

/**
 * Read a result file of lm-evaluation-harness or lighteval. Parts of one benchmark count as one task, as FineWeb counts ARC and MMLU: a group of the
 * former with a score of its own takes the place of what is in it, and subsets of the latter (`mmlu:anatomy`) become their mean.
 */
export function parseResults(path: string, text: string): ResultFile {
  let json: unknown
  try {
    json = JSON.parse(withoutNaN(text))
  } catch (error) {
    throw new UserError(`${path}: not JSON: ${(error as Error).message}`)
  }
  const file = asObject(json)
  const results = asObject(file['results'])
  if (!Object.values(results).some(isObject))
    throw new UserError(`${path}: no results of lm-evaluation-harness or lighteval in it`, 'both write "results": {TASK: {METRIC: VALUE}}')
  const isLighteval = isObject(file['config_general'])
  const tasks = isLighteval ? lightevalTasks(file, results) : harnessTasks(path, file, results)
  if (tasks.size === 0) throw new UserError(`${path}: no task in it has a number`)
  return { path, harness: isLighteval ? 'lighteval' : 'lm-evaluation-harness', model: modelOf(file), tasks }
}

function modelOf(file: JsonObject): string {
  const general = asObject(file['config_general'])
  const config = asObject(general['model_config'])
  const stated = [general['model_name'], config['model_name'], file['model_name']].find((name) => typeof name === 'string' && name !== '')
  if (typeof stated === 'string') return stated
  const args = asObject(file['config'])['model_args']
  if (isObject(args)) return [args['pretrained'], args['model']].find(isText) ?? ''
  return /(?:^|,)(?:pretrained|model|path)=([^,]*)/.exec(typeof args === 'string' ? args : '')?.[1] ?? ''
}

/** `acc,none`, `acc_stderr,none`, `exact_match,strict-match`; before version 0.4, and in lighteval, `acc` and `acc_stderr`. */
function metricsOf(scores: JsonObject, directions: JsonObject = {}): Map<string, Metric> {
  const metrics = new Map<string, Metric>()
  for (const [key, given] of Object.entries(scores)) {
    const [metric, filter] = key.split(',', 2) as [string, string?]
    const value = asNumber(given)
    if (value === null || metric.endsWith('_stderr')) continue
    const error = asNumber(scores[filter === undefined ? `${metric}_stderr` : `${metric}_stderr,${filter}`])
    const stated = directions[metric]
    const direction = typeof stated === 'boolean' ? { higherIsBetter: stated } : {}
    metrics.set(filter === undefined || filter === 'none' ? metric : key, { value, error, ...direction })
  }
  return metrics
}

/** The subjects of MMLU before version 0.4, which knew no groups; and on the first Open LLM Leaderboard. */
const oldMmlu = 'hendrycksTest-'

function harnessTasks(path: string, file: JsonObject, results: JsonObject): Map<string, BenchmarkTask> {
  const members = membersOf(path, file)
  const items = asObject(file['n-samples'])
  const directions = asObject(file['higher_is_better'])
  const counted = new Map<string, number | null>()
  const itemsOf = (task: string): number | null => {
    if (!counted.has(task)) counted.set(task, countItems(task))
    return counted.get(task)!
  }
  const countItems = (task: string): number | null => {
    const stated = asNumber(asObject(items[task])['effective'])
    const below = members.get(task) ?? []
    if (stated !== null || below.length === 0) return stated
    const parts = below.map(itemsOf)
    return parts.every((n) => n !== null) ? parts.reduce((a, b) => a + b, 0) : null
  }
  const tasks = new Map<string, BenchmarkTask>()
  for (const [name, scores] of Object.entries(results)) {
    const metrics = metricsOf(asObject(scores), asObject(directions[name]))
    if (metrics.size > 0) tasks.set(name, { metrics, items: itemsOf(name) })
  }
  for (const group of [...tasks.keys()]) if (tasks.has(group)) for (const name of namesBelow(group, members)) tasks.delete(name)
  // A group without a score of its own is the mean of its members: ten subjects of one benchmark count once.
  const inner = new Set([...members.values()].flat())
  for (const group of members.keys()) {
    if (inner.has(group) || tasks.has(group)) continue
    const leaves = namesBelow(group, members).filter((name) => !members.get(name)?.length && tasks.has(name))
    if (leaves.length < 2) continue
    const mean = meanTask(leaves.map((name) => tasks.get(name)!))
    if (mean.metrics.size === 0) continue
    for (const name of leaves) tasks.delete(name)
    tasks.set(group, mean)
  }
  const subjects = [...tasks].filter(([name]) => name.startsWith(oldMmlu))
  if (subjects.length > 1) {
    for (const [name] of subjects) tasks.delete(name)
    tasks.set('mmlu', meanTask(subjects.map(([, task]) => task)))
  }
  return tasks
}

/** Groups in one another, as the harness has them, are two or three deep. */
const maxDepth = 16

/** What each group holds. Throws a UserError for a group that holds itself. */
function membersOf(path: string, file: JsonObject): Map<string, readonly string[]> {
  const members = new Map(
    Object.entries(asObject(file['group_subtasks'])).map(([group, list]) => [group, Array.isArray(list) ? list.filter(isText) : []]),
  )
  // Each round takes away the groups that hold none of those left: a circle never empties.
  let left = [...members.keys()]
  for (let depth = 0; left.length > 0; depth++) {
    const names = new Set(left)
    const next = left.filter((group) => members.get(group)!.some((name) => names.has(name)))
    if (depth === maxDepth || next.length === left.length)
      throw new UserError(`${path}: group_subtasks: "${left[0]}" holds itself, or more than ${maxDepth} groups in one another`)
    left = next
  }
  return members
}

const isText = (value: unknown): value is string => typeof value === 'string'

/** The tasks and groups below a group, each once. */
function namesBelow(group: string, members: ReadonlyMap<string, readonly string[]>): string[] {
  const names = new Set(members.get(group))
  for (const name of names) for (const below of members.get(name) ?? []) names.add(below)
  return [...names]
}

/** `"metric": [{"metric_name": "acc", "higher_is_better": true}]` */
function directionsOf(config: JsonObject): JsonObject {
  const metrics = [config['metrics'], config['metric']].find(Array.isArray) ?? []
  return Object.fromEntries(
    metrics.flatMap((metric: unknown) => {
      const { metric_name: name, higher_is_better: direction } = asObject(metric)
      return typeof name === 'string' && typeof direction === 'boolean' ? [[name, direction]] : []
    }),
  )
}

function lightevalTasks(file: JsonObject, results: JsonObject): Map<string, BenchmarkTask> {
  const configs = asObject(file['config_tasks'])
  // `leaderboard|arc:challenge|25`, `custom|hellaswag|0|1`, and of late `hellaswag|0`.
  const found = Object.entries(results).flatMap(([key, scores]) => {
    const parts = key.split('|')
    const name = parts.length > 2 ? parts[1]! : parts[0]!
    const shots = parts.length > 2 ? parts[2]! : (parts[1] ?? '')
    const config = asObject(configs[key] ?? configs[parts.slice(0, parts.length > 2 ? 2 : 1).join('|')])
    const metrics = metricsOf(asObject(scores), directionsOf(config))
    if (name === 'all' || metrics.size === 0) return []
    return [{ name, shots, task: { metrics, items: asNumber(config['effective_num_docs']) } }]
  })
  const byBenchmark = new Map<string, { shots: string; subset: string | undefined; task: BenchmarkTask }[]>()
  for (const { name, shots, task } of found) {
    const [benchmark, subset] = name.replace(oldMmlu, 'mmlu:').split(/:(.*)/s, 2) as [string, string?]
    byBenchmark.set(benchmark, [...(byBenchmark.get(benchmark) ?? []), { shots, subset, task }])
  }
  const tasks = new Map<string, BenchmarkTask>()
  for (const [benchmark, all] of byBenchmark) {
    const shots = [...new Set(all.map((part) => part.shots))]
    for (const n of shots) {
      const parts = all.filter((part) => part.shots === n)
      const subsets = parts.filter(({ subset }) => subset !== '_average')
      const counted = (subsets.length > 0 ? subsets : parts).map(({ task }) => task)
      tasks.set(shots.length > 1 ? `${benchmark} (${n}-shot)` : benchmark, meanTask(counted))
    }
  }
  return tasks
}

/** Several tasks as one: the unweighted mean of the metrics that all of them have. */
export function meanTask(tasks: readonly BenchmarkTask[]): BenchmarkTask {
  const [first, ...others] = tasks as [BenchmarkTask, ...BenchmarkTask[]]
  if (others.length === 0) return first
  const metrics = new Map<string, Metric>()
  for (const name of first.metrics.keys()) {
    const all = tasks.flatMap((task) => task.metrics.get(name) ?? [])
    if (all.length === tasks.length) metrics.set(name, meanMetric(all))
  }
  const items = tasks.map((task) => task.items)
  return { metrics, items: items.every((n) => n !== null) ? items.reduce((a, b) => a + b, 0) : null }
}

/** Errors of different questions add up by their squares. */
export function meanMetric(metrics: readonly Metric[]): Metric {
  const n = metrics.length
  const squares = metrics.reduce((sum, { error }) => (sum === null || error === null ? null : sum + error * error), 0 as number | null)
  const [{ higherIsBetter }] = metrics as [Metric, ...Metric[]]
  const direction = higherIsBetter === undefined ? {} : { higherIsBetter }
  return {
    value: metrics.reduce((sum, { value }) => sum + value, 0) / n,
    error: squares === null ? null : Math.sqrt(squares) / n,
    ...direction,
  }
}
