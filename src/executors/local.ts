import type { Piscina } from 'piscina'
import { canonicalJson } from '../core/hash.ts'
import { shareModels } from '../models/shared_models.ts'
import { currentEntry, damagedFile, type LedgerEntry } from '../pipeline/ledger.ts'
import type { Pass, Plan, ShardPass } from '../pipeline/plan.ts'
import type { Recording, TaskRequest } from '../pipeline/task_request.ts'
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
 * not begun. Returns the entries of all passes that were completed, and what failed.
 */
export async function runLocal(
  plan: Plan,
  dir: string,
  options: LocalOptions,
  running?: Pool,
): Promise<{ entries: Map<string, LedgerEntry[]>; failed: FailedTask[] }> {
  return await withPool([plan], options, running, async (pool) => {
    const run = { plan, dir }
    const entries = new Map<string, LedgerEntry[]>()
    for (let p = 0, mended = false; p < plan.passes.length; p++) {
      const { results, failed } = await runPass([run], p, pool, options)
      if (!mended && failed.length > 0 && failed.every(({ code }) => code === damagedFile)) {
        // The tasks that wrote the damaged files have lost their entries: begin again, once.
        mended = true
        p = -1
        continue
      }
      if (failed.length > 0 || options.signal?.aborted) return { entries, failed }
      entries.set(plan.passes[p]!.name, results)
    }
    return { entries, failed: [] }
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
 * Run several runs on the same inputs, the first pass of each shard in one reading for those that begin with the same reader. Returns the
 * entries of each run that was completed, in order, and what failed.
 */
export async function runTogether(
  runs: readonly Run[],
  options: LocalOptions & { onRun?(run: Run): void },
): Promise<{ entries: Map<string, LedgerEntry[]>[]; failed: (FailedTask & { run: Run })[] }> {
  const plans = runs.map(({ plan }) => plan)
  return await withPool(plans, options, undefined, async (pool) => {
    const failures = (run: Run, failed: FailedTask[]) => ({ entries, failed: failed.map((task) => ({ ...task, run })) })
    const entries: Map<string, LedgerEntry[]>[] = []
    for (const group of [...byReader(runs.filter(({ record }) => !record)), ...runs.flatMap((run) => (run.record ? [[run]] : []))]) {
      const { failed } = await runPass(group, 0, pool, options)
      if (failed.length > 0 || options.signal?.aborted) return failures(group[0]!, failed)
    }
    for (const run of runs) {
      options.onRun?.(run)
      const result = await runLocal(run.plan, run.dir, options, pool)
      if (result.failed.length > 0 || options.signal?.aborted) return failures(run, result.failed)
      entries.push(result.entries)
    }
    return { entries, failed: [] }
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

async function withPool<T>(
  plans: readonly Plan[],
  options: LocalOptions,
  running: Pool | undefined,
  use: (pool: Pool | undefined) => Promise<T>,
): Promise<T> {
  if (running) return await use(running)
  const files = plans.flatMap((plan) => [...Object.keys(plan.files), ...plan.models])
  const letGo = options.workers > 0 ? await shareModels(files) : undefined
  const shards = Math.max(1, plans[0]!.inputs.length)
  const pool = options.workers > 0 ? await openPool(Math.min(options.workers, shards)) : undefined
  const onAbort = (): void => void pool?.destroy()
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

/** Run a pass; the first one of several runs together. `results` are the first run's. */
async function runPass(runs: readonly Run[], p: number, pool: Pool | undefined, options: LocalOptions) {
  const [{ plan }] = runs as [Run]
  const pass = plan.passes[p]!
  const tasks = pass.kind === 'job' ? pass.tasks : plan.inputs.length
  const counters = new Float64Array(new SharedArrayBuffer(tasks * 3 * Float64Array.BYTES_PER_ELEMENT))
  const results: LedgerEntry[] = []
  const failed: FailedTask[] = []
  let done = 0
  let reused = 0
  const report = (): void => {
    if (!options.onProgress) return
    const live = { bytes: 0, documents: 0, kept: 0 }
    for (let i = 0; i < counters.length; i += 3) {
      live.bytes += counters[i]!
      live.documents += counters[i + 1]!
      live.kept += counters[i + 2]!
    }
    options.onProgress({ pass, tasks, done, reused, ...live })
  }
  // A limit counts documents in order of shards, so those shards are read one after the other.
  const { limit } = plan.options
  const inOrder = limit !== null && pass.kind === 'shards' && pass.from === null
  let remaining = limit ?? 0
  let worked = false

  const one = async (index: number): Promise<void> => {
    if (options.signal?.aborted) return
    const known = runs.map((run) => {
      const entry = currentEntry(run.plan, run.dir, run.plan.passes[p]!, index)
      return entry && (!inOrder || entry.limit === remaining) ? entry : undefined
    })
    const missing = runs.filter((_, i) => !known[i])
    if (missing.length > 0) {
      if (!worked) options.onWork?.(runs)
      worked = true
      const progress = counters.subarray(index * 3, index * 3 + 3)
      const requests = missing.map(
        (run, i): TaskRequest => ({
          ...run,
          pass: p,
          index,
          ...(i === 0 ? { progress } : {}),
          ...(inOrder ? { limit: remaining } : {}),
          ...(options.timings ? { timings: true } : {}),
        }),
      )
      const outcome = await attempt(requests, pool, options.signal)
      if (!outcome) return
      if ('failure' in outcome) {
        failed.push({ pass: pass.name, index, ...outcome.failure })
        return
      }
      for (const entry of outcome.entries) known[known.indexOf(undefined)] = entry
    } else reused++
    const entry = known[0]!
    results[index] = entry
    if (inOrder) remaining -= entry.counts['read:records'] ?? 0
    done++
    options.onTask?.(entry, missing.length === 0)
    report()
  }

  const ticker = setInterval(report, 500)
  try {
    if (pool && !inOrder) await inFlight(tasks, pool.maxThreads * 2, one)
    else for (let i = 0; i < tasks; i++) await one(i)
  } finally {
    clearInterval(ticker)
  }
  return { results, failed }
}

/** Run tasks; a worker that dies (out of memory) is a failure of those tasks alone. Undefined when the run was stopped. */
async function attempt(
  requests: TaskRequest[],
  pool: Pool | undefined,
  signal: AbortSignal | undefined,
): Promise<TasksOutcome | undefined> {
  try {
    if (pool) return await pool.run(requests)
    const { runTasks } = await import('../pipeline/run_task.ts')
    return { entries: await runTasks(requests, signal) }
  } catch (error) {
    if (signal?.aborted) return undefined
    return { failure: failureOf(error) }
  }
}

/** Call `one` for 0 … tasks − 1, in order, at most `width` at a time, so that a queue of 100,000 shards costs no memory. */
async function inFlight(tasks: number, width: number, one: (index: number) => Promise<void>): Promise<void> {
  let next = 0
  const lane = async (): Promise<void> => {
    while (next < tasks) await one(next++)
  }
  await Promise.all(Array.from({ length: Math.min(width, tasks) }, lane))
}
