import { relative, resolve } from 'node:path'
import type { Piscina } from 'piscina'
import { damagedFile } from '../core/errors.ts'
import { canonicalJson } from '../core/hash.ts'
import { shareModels } from '../models/shared_models.ts'
import { type LedgerEntry, writerOf } from '../pipeline/ledger.ts'
import { PassResults } from '../pipeline/pass_results.ts'
import { type Pass, type Plan, type ShardPass, tasksOf } from '../pipeline/plan.ts'
import type { Recording, TaskRequest } from '../pipeline/task_request.ts'
import { orderOf } from './share.ts'
import { type Failure, failureOf, type TasksOutcome } from './worker.ts'

export interface Progress {
  pass: Pass
  /** Of the tasks of this pass: all, done (now or in an earlier run), found done. */
  tasks: number
  done: number
  reused: number
  /** Live counters of the tasks that this run has started: bytes behind the reader, documents read, documents kept. */
  bytes: number
  documents: number
  kept: number
}

export interface FailedTask extends Failure {
  pass: string
  index: number
}

export interface LocalOptions {
  /** Worker threads; 0 runs every task in this thread. */
  workers: number
  timings?: boolean
  onProgress?(progress: Progress): void
  /** Called before the first task that has no current result. */
  onWork?(runs: readonly Run[]): void
  onTask?(entry: LedgerEntry, reused: boolean): void
  signal?: AbortSignal
}

/** How much heap a worker may take (MiB) before V8 collects in earnest: keeps resident memory flat, and far above what documents need. */
const workerHeap = { maxOldGenerationSizeMb: 1024, maxYoungGenerationSizeMb: 48 }

/**
 * Run every task that has no current result, pass by pass. A failed task does not stop the others of its pass; the passes after it are
 * not begun. Returns what failed.
 */
export async function runLocal(plan: Plan, dir: string, options: LocalOptions, running?: Pool): Promise<{ failed: FailedTask[] }> {
  return await withPool([plan], options, running, async (pool) => {
    const run = { plan, dir }
    for (let p = 0, mended = 0; p < plan.passes.length; p++) {
      const failed = await runPass([run], p, pool, options)
      if (mended < plan.passes.length && failed.length > 0 && failed.every(({ code }) => code === damagedFile)) {
        // The tasks that wrote the damaged files run again, and what depends on them.
        for (const failure of failed) takeBackDamaged(run, failure)
        mended++
        p = -1
        continue
      }
      if (failed.length > 0 || options.signal?.aborted) return { failed }
    }
    return { failed: [] }
  })
}

/** A plan and the folder that it is run in. */
export interface Run {
  plan: Plan
  dir: string
  /** Where another run has recorded what this one's first pass reads and measures. */
  record?: Recording
}

/**
 * Run several runs on the same inputs, the first pass of each shard in one reading for those that begin with the same reader. Returns what
 * failed.
 */
export async function runTogether(
  runs: readonly Run[],
  options: LocalOptions & { onRun?(run: Run): void },
): Promise<{ failed: (FailedTask & { run: Run })[] }> {
  const plans = runs.map(({ plan }) => plan)
  return await withPool(plans, options, undefined, async (pool) => {
    const failures = (run: Run, failed: FailedTask[]) => ({ failed: failed.map((task) => ({ ...task, run })) })
    for (const group of [...byReader(runs.filter(({ record }) => !record)), ...runs.flatMap((run) => (run.record ? [[run]] : []))]) {
      const failed = await runPass(group, 0, pool, options)
      if (failed.length > 0 || options.signal?.aborted) return failures(group[0]!, failed)
    }
    for (const run of runs) {
      options.onRun?.(run)
      const result = await runLocal(run.plan, run.dir, options, pool)
      if (result.failed.length > 0 || options.signal?.aborted) return failures(run, result.failed)
    }
    return { failed: [] }
  })
}

/** Runs that read alike, together. */
function byReader(runs: readonly Run[]): Run[][] {
  const groups = new Map<string, Run[]>()
  for (const run of runs) {
    const first = run.plan.passes[0] as ShardPass
    const key = canonicalJson(first.steps[0]!.options)
    groups.set(key, [...(groups.get(key) ?? []), run])
  }
  return [...groups.values()]
}

type Pool = Piscina<TaskRequest[], TasksOutcome>

/** Set while a run is being stopped; all threads of this process see it. */
const stopFlag = new Int32Array(new SharedArrayBuffer(4))
/** How long threads may take to stop by themselves (milliseconds). */
const patience = 2000

async function withPool<T>(
  plans: readonly Plan[],
  options: LocalOptions,
  running: Pool | undefined,
  use: (pool: Pool | undefined) => Promise<T>,
): Promise<T> {
  if (running) return await use(running)
  const files = plans.flatMap((plan) => [...Object.keys(plan.files), ...plan.models])
  const letGo = options.workers > 0 ? await shareModels(files) : undefined
  const shards = Math.max(1, plans[0]!.inputs.splits)
  const pool = options.workers > 0 ? await openPool(Math.min(options.workers, shards)) : undefined
  // Threads end at their next document; those that are in a job, or in a page that takes long, are ended.
  const onAbort = (): void => {
    Atomics.store(stopFlag, 0, 1)
    if (pool) setTimeout(() => void pool.destroy(), patience).unref()
  }
  Atomics.store(stopFlag, 0, 0)
  options.signal?.addEventListener('abort', onAbort)
  try {
    return await use(pool)
  } finally {
    options.signal?.removeEventListener('abort', onAbort)
    await pool?.destroy()
    letGo?.()
  }
}

async function openPool(threads: number): Promise<Pool> {
  const { Piscina } = await import('piscina')
  const filename = new URL('./worker.js', import.meta.url).href
  return new Piscina({
    filename,
    minThreads: 1,
    maxThreads: threads,
    idleTimeout: 60_000,
    concurrentTasksPerWorker: 1,
    resourceLimits: workerHeap,
  })
}

/** One pass while it runs; the first one of several runs together. */
interface PassRun {
  runs: readonly Run[]
  p: number
  pass: Pass
  results: readonly PassResults[]
  counters: Float64Array
  failed: FailedTask[]
  done: number
  reused: number
  worked: boolean
  /** Documents that may still be read, where a limit counts them in order of splits. */
  remaining: number | undefined
}

/** Run a pass; the first one of several runs together. Returns what failed. */
async function runPass(runs: readonly Run[], p: number, pool: Pool | undefined, options: LocalOptions): Promise<FailedTask[]> {
  const results = runs.map(({ plan, dir }) => new PassResults(dir, plan, plan.passes[p]!, { fetchesAgain: true }))
  for (;;) {
    const state = openPass(runs, p, results)
    await runMissing(state, pool, options)
    const { failed } = state
    if (failed.length > 0 || options.signal?.aborted) return failed
    const again = results.flatMap((each) => each.finish())
    if (again.length === 0) return []
  }
}

function openPass(runs: readonly Run[], p: number, results: readonly PassResults[]): PassRun {
  const [{ plan }] = runs as [Run]
  const pass = plan.passes[p]!
  const counters = new Float64Array(new SharedArrayBuffer(tasksOf(plan, pass) * 3 * Float64Array.BYTES_PER_ELEMENT))
  const inOrder = plan.options.limit !== null && pass.kind === 'shards' && pass.from === null
  const remaining = inOrder ? plan.options.limit! : undefined
  return { runs, p, pass, results, counters, failed: [], done: 0, reused: 0, worked: false, remaining }
}

async function runMissing(state: PassRun, pool: Pool | undefined, options: LocalOptions): Promise<void> {
  const { runs, pass } = state
  const [{ plan, dir }] = runs as [Run]
  const tasks = tasksOf(plan, pass)
  const ticker = setInterval(() => showProgress(state, options), 500)
  try {
    if (pool && state.remaining === undefined) {
      await inFlight(orderOf(dir, plan, pass), pool.maxThreads * 2, (index) => runOne(state, index, pool, options))
    } else for (let i = 0; i < tasks; i++) await runOne(state, i, pool, options)
  } finally {
    clearInterval(ticker)
  }
}

function showProgress({ pass, counters, done, reused }: PassRun, { onProgress }: LocalOptions): void {
  if (!onProgress) return
  const live = { bytes: 0, documents: 0, kept: 0 }
  for (let i = 0; i < counters.length; i += 3) {
    live.bytes += counters[i]!
    live.documents += counters[i + 1]!
    live.kept += counters[i + 2]!
  }
  onProgress({ pass, tasks: counters.length / 3, done, reused, ...live })
}

/** Run the tasks of one number that have no result. */
async function runOne(state: PassRun, index: number, pool: Pool | undefined, options: LocalOptions): Promise<void> {
  if (options.signal?.aborted) return
  const { runs, p, pass, results, remaining } = state
  for (const each of results)
    if (remaining !== undefined && each.entries[index] && each.entries[index].limit !== remaining) each.takeBack([index])
  const missing = results.flatMap(({ entries }, i) => (entries[index] ? [] : [i]))
  if (missing.length > 0) {
    if (!state.worked) options.onWork?.(runs)
    state.worked = true
    const progress = state.counters.subarray(index * 3, index * 3 + 3)
    const requests = missing.map((i, k): TaskRequest => {
      const { dir, record } = runs[i]!
      return {
        ...{ dir, pass: p, index, stop: stopFlag },
        ...(record ? { record } : {}),
        ...(k === 0 ? { progress } : {}),
        ...(remaining === undefined ? {} : { limit: remaining }),
        ...(options.timings ? { timings: true } : {}),
      }
    })
    const outcome = await attempt(requests, pool, options.signal)
    if (!outcome) return
    if ('failure' in outcome) {
      state.failed.push({ pass: pass.name, index, ...outcome.failure })
      return
    }
    for (const [k, i] of missing.entries()) results[i]!.entries[index] = outcome.entries[k]!
  } else state.reused++
  const entry = results[0]!.entries[index]!
  if (remaining !== undefined) state.remaining = remaining - (entry.counts['read:records'] ?? 0)
  state.done++
  options.onTask?.(entry, missing.length === 0)
  showProgress(state, options)
}

/** What an earlier task wrote is not what it wrote any more: that task runs again. */
export function takeBackDamaged({ plan, dir }: Run, { path }: Pick<Failure, 'path'>): void {
  const inside = path === undefined ? '' : relative(dir, resolve(dir, path))
  if (!inside.startsWith('work/')) return
  const { pass: written, index } = writerOf(inside)
  const pass = plan.passes.find(({ name, key }) => name === written.name && key === written.key)
  if (pass) new PassResults(dir, plan, pass).takeBack([index])
}

/** Run tasks; a worker that dies (out of memory) is a failure of those tasks alone. Undefined when the run was stopped. */
async function attempt(
  requests: TaskRequest[],
  pool: Pool | undefined,
  signal: AbortSignal | undefined,
): Promise<TasksOutcome | undefined> {
  try {
    if (pool) {
      const outcome = await pool.run(requests)
      return signal?.aborted && 'failure' in outcome ? undefined : outcome
    }
    const { runTasks } = await import('../pipeline/run_task.ts')
    return { entries: await runTasks(requests, signal) }
  } catch (error) {
    if (signal?.aborted) return undefined
    return { failure: failureOf(error) }
  }
}

/** Call `one` for all, in order, at most `width` at a time, so that a queue of 100,000 splits costs no memory. */
async function inFlight(order: readonly number[], width: number, one: (index: number) => Promise<void>): Promise<void> {
  let next = 0
  const lane = async (): Promise<void> => {
    while (next < order.length) await one(order[next++]!)
  }
  await Promise.all(Array.from({ length: Math.min(width, order.length) }, lane))
}
