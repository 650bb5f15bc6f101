import { Piscina } from 'piscina'
import { isKenLMBinary } from '../models/kenlm_file.ts'
import { letGoOf, shareFile } from '../models/shared_file.ts'
import { currentEntry, type LedgerEntry } from '../pipeline/ledger.ts'
import type { Pass, Plan } from '../pipeline/plan.ts'
import { damagedFile, runTask, type TaskRequest } from '../pipeline/run_task.ts'
import { type Failure, failureOf, type Outcome } from './worker.ts'

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
  onWork?(): void
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
): Promise<{ entries: Map<string, LedgerEntry[]>; failed: FailedTask[] }> {
  // gigabytes each: one for all threads
  const models = options.workers > 0 ? Object.keys(plan.files).filter(isKenLMBinary) : []
  models.forEach(shareFile)
  const pool = options.workers > 0 ? openPool(Math.min(options.workers, Math.max(1, plan.inputs.length))) : undefined
  const entries = new Map<string, LedgerEntry[]>()
  const onAbort = (): void => void pool?.destroy()
  options.signal?.addEventListener('abort', onAbort)
  try {
    for (let p = 0, mended = false; p < plan.passes.length; p++) {
      const { results, failed } = await runPass(plan, dir, p, pool, options)
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
  } finally {
    options.signal?.removeEventListener('abort', onAbort)
    await pool?.destroy()
    models.forEach(letGoOf)
  }
}

function openPool(threads: number): Piscina<TaskRequest, Outcome> {
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

async function runPass(plan: Plan, dir: string, p: number, pool: Piscina<TaskRequest, Outcome> | undefined, options: LocalOptions) {
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
    const known = currentEntry(plan, dir, pass, index)
    const usable = known && (!inOrder || known.limit === remaining) ? known : undefined
    let entry = usable
    if (!entry) {
      if (!worked) options.onWork?.()
      worked = true
      const progress = counters.subarray(index * 3, index * 3 + 3)
      const request: TaskRequest = {
        plan,
        dir,
        pass: p,
        index,
        progress,
        ...(inOrder ? { limit: remaining } : {}),
        ...(options.timings ? { timings: true } : {}),
      }
      const outcome = await attempt(request, pool, options.signal)
      if (!outcome) return
      if ('failure' in outcome) {
        failed.push({ pass: pass.name, index, ...outcome.failure })
        return
      }
      entry = outcome.entry
    } else reused++
    results[index] = entry
    if (inOrder) remaining -= entry.counts['read:records'] ?? 0
    done++
    options.onTask?.(entry, usable !== undefined)
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

/** Run a task; a worker that dies (out of memory) is a failure of that task alone. Undefined when the run was stopped. */
async function attempt(
  request: TaskRequest,
  pool: Piscina<TaskRequest, Outcome> | undefined,
  signal: AbortSignal | undefined,
): Promise<Outcome | undefined> {
  try {
    return pool ? await pool.run(request) : { entry: await runTask(request, signal) }
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
