import { UserError } from '../core/errors.ts'
import type { FailedTask, Progress } from '../executors/local.ts'
import { runSlurm, tailOf, type UnfinishedTask, words } from '../executors/slurm.ts'
import type { Plan } from '../pipeline/plan.ts'

export interface SlurmFlags {
  shares?: number
  atOnce?: number
  sbatch?: string
  tries?: number
  patience?: number
  signal: AbortSignal
  onWork(): void
  onProgress(progress: Progress): void
  say(line: string): void
}

/** Run a run's tasks as Slurm jobs. What could not be finished is a failure with the end of its log. */
export async function runOnSlurm(
  plan: Plan,
  dir: string,
  { shares = 1000, atOnce, sbatch = '', tries = 3, patience = 900, signal, onWork, onProgress, say }: SlurmFlags,
): Promise<{ failed: FailedTask[] }> {
  if (plan.options.limit !== null)
    throw new UserError('--executor slurm: --limit reads shard after shard, in one process', 'leave out --limit or --executor')
  const outcome = await runSlurm(
    { plan, dir },
    {
      ...{ shares, tries, signal, onWork, onProgress, say, sbatch: words(sbatch), patience: patience * 1000, pollEvery: 30_000 },
      ...(atOnce === undefined ? {} : { atOnce }),
    },
  )
  if ('isComplete' in outcome) return { failed: [] }
  if ('stopped' in outcome) {
    if (outcome.jobs.length > 0) say(`jobs that go on: ${outcome.jobs.join(', ')}; scancel ends them`)
    return { failed: [] }
  }
  return { failed: outcome.unfinished.map(failureOf) }
}

function failureOf({ pass, index, tries, failure, log }: UnfinishedTask): FailedTask {
  const why = failure ? `${failure.message} (on ${failure.host})` : 'its job ended without a word (killed, or out of memory or time?)'
  const tail = log === undefined ? [] : [`log ${log}:`, ...tailOf(log).map((line) => `  ${line}`)]
  const message = [`given up after ${tries} tries: ${why}`, ...tail].join('\n  ')
  return { pass, index, message, userError: false, ...(failure?.code ? { code: failure.code } : {}) }
}
