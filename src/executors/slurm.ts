import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { UserError } from '../core/errors.ts'
import { type FailedAttempt, readFailures } from '../pipeline/ledger.ts'
import { type Pass, tasksOf } from '../pipeline/plan.ts'
import { missingTasks } from '../pipeline/seal.ts'
import type { Progress, Run } from './local.ts'
import { takeStock } from './stock.ts'

// Slurm starts processes; what is missing is decided here, by what lies in the run's folder and never by what Slurm says of jobs: it does not
// requeue a task that dies by itself, and a job that it calls failed may have committed all it was to do.

export interface SlurmOptions {
  /** How many jobs a pass is shared among, at most. */
  shares: number
  /** How many of them run at once; undefined leaves that to Slurm. */
  atOnce?: number
  /** More arguments for sbatch. */
  sbatch: readonly string[]
  /** How often a task is tried. */
  tries: number
  /** Without a result for so long (milliseconds) while all jobs run, what is missing is submitted once more. */
  patience: number
  /** The longest time between two looks (milliseconds). */
  pollEvery: number
  /** Called before the first job is submitted. */
  onWork?(): void
  onProgress?(progress: Progress): void
  say?(line: string): void
  signal: AbortSignal
}

export interface UnfinishedTask {
  pass: string
  index: number
  tries: number
  /** Its last failure, if it could say so. */
  failure?: FailedAttempt
  /** The log of the job that tried it last. */
  log?: string
}

/** A job array that was submitted for some tasks of a pass. */
interface Submission {
  id: string
  tasks: readonly number[]
  shares: number
}

export type SlurmOutcome = { isComplete: true } | { unfinished: UnfinishedTask[] } | { stopped: true; jobs: string[] }

/** Run a run's missing tasks as Slurm jobs, pass by pass. May be stopped and started again: jobs go on, and are found by their name. */
export async function runSlurm(run: Run, options: SlurmOptions): Promise<SlurmOutcome> {
  const dir = realpathSync(run.dir)
  const limits = await readLimits()
  const tried = new Map<string, number>()
  const last = new Map<string, Submission>()
  for (;;) {
    const stock = takeStock({ ...run, dir }, { fetchesAgain: tried.size === 0 })
    if ('isComplete' in stock) return stock
    const pass = run.plan.passes[stock.pass]!
    const name = jobName(dir, pass)
    const failures = readFailures(dir, pass)
    const hopeless = failures.find(({ userError, index }) => userError && stock.missing.includes(index))
    if (hopeless) throw new UserError(hopeless.message)
    const isRunning = (await queued(name)).length > 0
    const keyOf = (index: number): string => `${pass.name}/${index}`
    const unfinished = stock.missing.filter((index) => (tried.get(keyOf(index)) ?? 0) >= options.tries)
    if (!isRunning && unfinished.length > 0)
      return { unfinished: unfinished.map((index) => describe(dir, pass, index, tried, last, failures)) }
    options.onWork?.()
    if (!isRunning)
      for (const submission of await submit({ dir, pass, tasks: stock.missing, name }, limits, options))
        for (const index of submission.tasks) {
          tried.set(keyOf(index), (tried.get(keyOf(index)) ?? 0) + 1)
          last.set(keyOf(index), submission)
        }
    await watch({ ...run, dir }, stock.pass, name, limits, options)
    if (options.signal.aborted) return { stopped: true, jobs: [...new Set((await queued(name)).map(({ id }) => id))] }
  }
}

/** Jobs of one run and pass have one name, so that a driver that is started again finds them. */
const jobName = (dir: string, { name, key }: Pass): string =>
  `decant-${createHash('sha256').update(dir).digest('hex').slice(0, 8)}-${name}.${key.slice(0, 6)}`

interface Limits {
  arraySize: number
}

async function readLimits(): Promise<Limits> {
  const config = await slurm('scontrol', ['show', 'config'])
  const value = (name: string): number | undefined => {
    const found = new RegExp(`^${name}\\s*=\\s*(\\d+)`, 'm').exec(config)?.[1]
    return found === undefined ? undefined : Number(found)
  }
  // Array indices are below MaxArraySize.
  return { arraySize: Math.max(1, Math.min(value('MaxArraySize') ?? 1001, value('MaxJobCount') ?? 10_000)) }
}

interface Submitting {
  dir: string
  pass: Pass
  tasks: readonly number[]
  name: string
}

async function submit(
  { dir, pass, tasks, name }: Submitting,
  { arraySize }: Limits,
  { shares: most, atOnce, sbatch, say, signal }: SlurmOptions,
): Promise<Submission[]> {
  const folder = join(dir, 'jobs')
  mkdirSync(folder, { recursive: true })
  const list = join(folder, `${pass.name}.${Date.now()}.tasks`)
  writeFileSync(list, tasks.map((index) => `${index}\n`).join(''), { flush: true })
  const shares = Math.min(most, tasks.length)
  const cli = fileURLToPath(new URL('../cli.js', import.meta.url))
  const submissions: Submission[] = []
  for (let from = 0; from < shares; from += arraySize) {
    const count = Math.min(arraySize, shares - from)
    const share = from === 0 ? '$SLURM_ARRAY_TASK_ID' : `$((SLURM_ARRAY_TASK_ID + ${from}))`
    const task = [process.execPath, ...process.execArgv, cli, 'task', dir].map(quoted).join(' ')
    const script = `#!/bin/sh\nexec ${task} --pass ${quoted(pass.name)} --share ${share} --of ${shares} --among ${quoted(list)}\n`
    const limit = atOnce === undefined ? '' : `%${atOnce}`
    const fixed = ['--parsable', `--job-name=${name}`, `--array=0-${count - 1}${limit}`, `--chdir=${dir}`, '--requeue', '--ntasks=1']
    const output = [`--output=${join(folder, `${pass.name}-%A-%a.log`)}`, '--open-mode=append']
    const id = await submitPatiently([...fixed, ...output, ...sbatch], script, { signal, ...(say ? { say } : {}) })
    if (id === undefined) break
    submissions.push({ id, shares, tasks: tasks.filter((_, k) => k % shares >= from && k % shares < from + count) })
  }
  return submissions
}

/** Where a site allows only so many jobs at a time, wait until there is room. Undefined when stopped. */
async function submitPatiently(
  options: readonly string[],
  script: string,
  { signal, say }: Pick<SlurmOptions, 'signal' | 'say'>,
): Promise<string | undefined> {
  for (let wait = 5_000; !signal.aborted; wait = Math.min(wait * 2, 300_000)) {
    try {
      return (await slurm('sbatch', options, script)).trim().split(';')[0]!
    } catch (error) {
      if (!/MaxSubmit|MaxJobCount|Job.*limit|temporarily unable|try again/i.test((error as Error).message)) throw error
      say?.(`sbatch: ${(error as Error).message.trim().split('\n')[0]}; waiting ${wait / 1000} s`)
      await pause(wait, signal)
    }
  }
  return undefined
}

/** Wait until a pass is complete, or none of its jobs is left. */
async function watch(run: Run, p: number, name: string, limits: Limits, options: SlurmOptions): Promise<void> {
  const { plan, dir } = run
  const pass = plan.passes[p]!
  const tasks = tasksOf(plan, pass)
  const before = missingTasks(dir, plan, pass).length
  let left = before
  let since = Date.now()
  let wait = Math.min(1_000, options.pollEvery)
  while (!options.signal.aborted) {
    const missing = missingTasks(dir, plan, pass)
    if (missing.length < left) [left, since, wait] = [missing.length, Date.now(), Math.min(1_000, options.pollEvery)]
    options.onProgress?.({ pass, tasks, done: tasks - left, reused: tasks - before, bytes: 0, documents: 0, kept: 0 })
    const jobs = await queued(name)
    if (missing.length === 0) {
      // Second attempts, whose results nobody needs any more.
      if (jobs.length > 0) await slurm('scancel', [`--name=${name}`])
      return
    }
    if (jobs.length === 0) return
    if (Date.now() - since > options.patience && jobs.every(({ state }) => state !== 'PD')) {
      options.say?.(
        `pass ${pass.name}: no result for ${Math.round(options.patience / 1000)} s; submitting ${missing.length} tasks once more`,
      )
      await submit({ dir, pass, tasks: missing, name }, limits, { ...options, shares: missing.length })
      since = Date.now()
    }
    await pause(wait, options.signal)
    wait = Math.min(wait * 1.5, options.pollEvery)
  }
}

/** Jobs of a name that wait or run. */
async function queued(name: string): Promise<{ id: string; state: string }[]> {
  const lines = (await slurm('squeue', ['--noheader', `--name=${name}`, '--format=%F %t'])).split('\n')
  return lines.flatMap((line) => {
    const [id, state] = line.trim().split(/\s+/)
    return id && state ? [{ id, state }] : []
  })
}

function describe(
  dir: string,
  pass: Pass,
  index: number,
  tried: ReadonlyMap<string, number>,
  last: ReadonlyMap<string, Submission>,
  failures: readonly FailedAttempt[],
): UnfinishedTask {
  const key = `${pass.name}/${index}`
  const failure = failures.findLast((each) => each.index === index)
  const submission = last.get(key)
  const log = submission && join(dir, 'jobs', `${pass.name}-${submission.id}-${submission.tasks.indexOf(index) % submission.shares}.log`)
  return {
    ...{ pass: pass.name, index, tries: tried.get(key) ?? 0 },
    ...(failure ? { failure } : {}),
    ...(log && existsSync(log) ? { log } : {}),
  }
}

/** The last lines of a log. */
export const tailOf = (log: string, lines = 5): string[] => readFileSync(log, 'utf8').trimEnd().split('\n').slice(-lines)

function slurm(program: string, args: readonly string[], input?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(program, args, { maxBuffer: 1 << 28 }, (error, stdout, stderr) => {
      if (!error) resolve(stdout)
      else if ((error as NodeJS.ErrnoException).code === 'ENOENT')
        reject(new UserError(`--executor slurm: ${program} is not installed here`, 'run decant on a machine that submits jobs to Slurm'))
      else reject(new Error(`${program}: ${stderr.trim() || error.message}`))
    })
    if (input !== undefined) child.stdin?.end(input)
  })
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch(() => {})
}

const quoted = (argument: string): string => `'${argument.replaceAll("'", "'\\''")}'`

/** Arguments in one string, as a shell would take it apart. */
export const words = (text: string): string[] =>
  [...text.matchAll(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g)].map(([word]) => word.replaceAll(/"([^"]*)"|'([^']*)'/g, '$1$2'))
