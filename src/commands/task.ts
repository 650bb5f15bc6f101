import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { meant, systemCode, UserError } from '../core/errors.ts'
import { plural } from '../core/plural.ts'
import { type Plan, tasksOf } from '../pipeline/plan.ts'
import { needPlan, openRun } from '../pipeline/run_folder.ts'
import { sealIfComplete } from '../pipeline/seal.ts'
import { isUrl } from '../storage/url.ts'
import { stopOnSignals } from './run.ts'

/** Exit codes that a scheduler goes by. */
export const exitCodes = { done: 0, never: 64, again: 75 } as const

export interface TaskFlags {
  pass?: string
  share?: number
  of?: number
  among?: string
  task?: number
}

/** Run one share of a pass, as a process of its own. Returns the exit code. */
export async function task(run: string, flags: TaskFlags): Promise<number> {
  const { stop, release } = stopOnSignals()
  let close = (): void => {}
  try {
    const opened = openRun(isUrl(run) ? run : resolve(run))
    close = opened.close
    const { dir } = opened
    const plan = needPlan(dir)
    if (plan.options.limit !== null)
      throw new UserError(`${run}: a run with --limit reads shard after shard, in one process`, 'use "decant run" without --executor')
    const p = passIndex(run, plan, flags.pass) ?? plan.passes.findIndex((pass) => !sealIfComplete(dir, plan, pass))
    if (p < 0) return say(`${run}: nothing is missing`, exitCodes.done)
    const { runShare } = await import('../executors/share.ts')
    const among = flags.task !== undefined ? [flags.task] : flags.among === undefined ? undefined : readList(flags.among)
    const tasks = tasksOf(plan, plan.passes[p]!)
    for (const index of among ?? [])
      if (index >= tasks) throw new UserError(`task ${index}: pass ${plan.passes[p]!.name} has ${plural(tasks, 'task')}, numbered from 0`)
    const share = flags.task === undefined ? shareOf(flags) : { share: 0, of: 1 }
    const { done, skipped, failed } = await runShare(dir, { pass: p, ...share, ...(among ? { among } : {}) }, stop.signal)
    const counts = `${plural(done, 'task')} done, ${skipped} done already, ${failed.length} failed`
    say(`pass ${plan.passes[p]!.name}, share ${share.share} of ${share.of}: ${counts}`, 0)
    for (const { index, message } of failed) say(`task ${index}: ${message}`, 0)
    if (stop.signal.aborted) return say('stopped; the task at hand was given up', exitCodes.again)
    if (failed.some(({ userError }) => userError)) return exitCodes.never
    return failed.length > 0 ? exitCodes.again : exitCodes.done
  } catch (error) {
    if (error instanceof UserError) return say(`${error.message}${error.hint ? `\n  hint: ${error.hint}` : ''}`, exitCodes.never)
    if (systemCode(error)) return say((error as Error).message, exitCodes.again)
    throw error
  } finally {
    release()
    close()
  }
}

/** A line on stderr. */
function say(line: string, code: number): number {
  console.error(`decant task: ${line}`)
  return code
}

export function passIndex(run: string, { passes }: Plan, name: string | undefined): number | undefined {
  if (name === undefined) return undefined
  const found = passes.findIndex((pass) => pass.name === name)
  const names = passes.map((pass) => pass.name)
  if (found < 0) throw new UserError(`--pass ${name}: ${run} has no pass of that name${meant(name, names)}`, `passes: ${names.join(', ')}`)
  return found
}

/** What schedulers say of a job in its array, where the command line does not. */
function shareOf({ share, of }: TaskFlags): { share: number; of: number } {
  const { env } = process
  const number = (...names: string[]): number | undefined => {
    const found = names.find((name) => /^\d+$/.test(env[name] ?? ''))
    return found === undefined ? undefined : Number(env[found])
  }
  const index = share ?? number('SLURM_ARRAY_TASK_ID', 'JOB_COMPLETION_INDEX', 'AWS_BATCH_JOB_ARRAY_INDEX', 'SLURM_PROCID')
  const count = of ?? (share === undefined && env['SLURM_ARRAY_TASK_ID'] === undefined ? number('SLURM_NTASKS') : undefined)
  if (index === undefined && count === undefined) return { share: 0, of: 1 }
  if (index === undefined) throw new UserError('--of: there is no --share, nor an index of a job array in the environment')
  if (count === undefined) throw new UserError('--share: missing --of: how many shares there are')
  if (index >= count) throw new UserError(`--share ${index} --of ${count}: shares are numbered from 0 to ${count - 1}`)
  return { share: index, of: count }
}

/** Numbers of tasks, one a line. */
function readList(path: string): number[] {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw new UserError(`--among ${path}: cannot be read (${(error as NodeJS.ErrnoException).code})`)
  }
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line, i) => {
      if (!/^\d+$/.test(line.trim())) throw new UserError(`--among ${path}:${i + 1}: "${line}" is not the number of a task`)
      return Number(line)
    })
}
