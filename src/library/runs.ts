import { finish, type InputFlags, inputsOf, planRun } from '../commands/run.ts'
import { type Progress, runLocal } from '../executors/local.ts'
import { workersFor } from '../executors/worker_count.ts'
import type { Plan } from '../pipeline/plan.ts'
import { openRun, openRunFolder } from '../pipeline/run_folder.ts'
import type { Manifest } from '../reports/manifest.ts'

export type { Manifest }

/** What a run reads and does. Names are those of the options of `decant run`. */
export interface RunRequest extends Omit<InputFlags, 'input'> {
  /** A pipeline file, or the name of a bundled recipe. */
  pipeline: string
  /** Paths, patterns, folders or URLs. */
  input: string | readonly string[]
  /** Changes of options: "word_count.min=100". */
  set?: readonly string[]
  parameters?: string
  /** Stop after so many documents. */
  limit?: number
  splitBytes?: number
  /** Keep measuring documents that a rule has removed. */
  measure?: boolean
  /** Keep the texts of removed documents too. */
  keepRemoved?: boolean
}

export interface RunSettings extends RunRequest {
  /** The folder or s3:// URL that is written; a run that is there goes on. */
  output: string
  /** Worker threads; 0 runs in this thread. */
  workers?: number
  /** Stops the run: what is finished stays, and the same call goes on. */
  signal?: AbortSignal
  onProgress?(progress: Progress): void
}

const planned = (request: RunRequest, dir?: string) => {
  const { pipeline, input, set = [], ...rest } = request
  const flags = { ...rest, set: [...set], input: typeof input === 'string' ? [input] : [...input] }
  return planRun(pipeline, flags, () => inputsOf(flags, dir))
}

/** Check a pipeline over its inputs, and say what a run would do. Throws a UserError for whatever is wrong with either. */
export async function plan(request: RunRequest): Promise<Plan> {
  return (await planned(request)).plan
}

/** A run that is done. */
export interface FinishedRun {
  dir: string
  plan: Plan
  manifest: Manifest
}

/**
 * Run a pipeline: data, verdicts, errors, manifest and report are in `output`. Throws a UserError for mistakes, an AbortError when it was
 * stopped, and an Error where tasks failed, the others being kept.
 */
export async function run(options: RunSettings): Promise<FinishedRun> {
  const { output, workers, signal, onProgress, ...request } = options
  const { dir, close } = openRun(output)
  let release: (() => void) | undefined
  try {
    const { plan, inputs, splits } = await planned(request, dir)
    release = openRunFolder(dir, plan, splits)
    const { failed } = await runLocal(plan, dir, {
      workers: workers ?? workersFor(inputs),
      ...(signal ? { signal } : {}),
      ...(onProgress ? { onProgress } : {}),
    })
    signal?.throwIfAborted()
    if (failed.length > 0)
      throw new Error(`${failed.length} tasks failed: pass ${failed[0]!.pass}, task ${failed[0]!.index}: ${failed[0]!.message}`)
    return { dir: output, plan, manifest: await finish(plan, dir) }
  } finally {
    release?.()
    close()
  }
}
