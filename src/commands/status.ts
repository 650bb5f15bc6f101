import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemCode, UserError } from '../core/errors.ts'
import { checkFormat } from '../core/file_format.ts'
import { plural } from '../core/plural.ts'
import { committedTasks, type FailedAttempt, readActivity, readFailures, readResult } from '../pipeline/ledger.ts'
import { type Plan, tasksOf } from '../pipeline/plan.ts'
import { needPlan, withRun } from '../pipeline/run_folder.ts'
import { isSealed, missingTasks, readSummary } from '../pipeline/seal.ts'
import { count, duration, table } from '../reports/format.ts'
import { funnelTable } from '../reports/funnel.ts'
import { wrap } from '../reports/layout.ts'
import type { Manifest } from '../reports/manifest.ts'

export interface PassStatus {
  pass: string
  tasks: number
  done: number
  documents: number
}

/** How many tasks of each pass have a result. */
export function passStatus(plan: Plan, dir: string): PassStatus[] {
  return plan.passes.map((pass) => {
    const tasks = tasksOf(plan, pass)
    if (isSealed(dir, pass)) {
      const documents = readSummary(dir, plan, pass).counts['read:records'] ?? 0
      return { pass: pass.name, tasks, done: tasks, documents }
    }
    const committed = committedTasks(dir, pass)
    const documents = committed.reduce((sum, index) => sum + (readResult(dir, pass, index)?.counts['read:records'] ?? 0), 0)
    return { pass: pass.name, tasks, done: committed.length, documents }
  })
}

export function readManifest(dir: string): Manifest | undefined {
  const path = join(dir, 'manifest.json')
  if (!existsSync(path)) return undefined
  let manifest: Manifest
  try {
    manifest = JSON.parse(readFileSync(path, 'utf8')) as Manifest
  } catch (error) {
    if (systemCode(error)) throw error
    throw new UserError(`${path}: damaged: ${(error as Error).message}`, `"decant finish ${dir}" writes it anew`)
  }
  checkFormat(path, 'manifest', manifest)
  return manifest
}

/** What goes on in the first pass that is not complete. */
export interface Activity {
  pass: string
  /** Attempts that have begun and not ended, by machine. */
  running: Record<string, number>
  /** Tasks a minute over the last ten minutes, and how long the rest of the pass takes at that rate. */
  tasks_per_minute: number
  eta_seconds: number | null
  /** Failed attempts at tasks that have no result yet. */
  failures: FailedAttempt[]
}

const recently = 10 * 60_000

function activityOf(plan: Plan, dir: string, now: number): Activity | undefined {
  const pass = plan.passes.find((each) => !isSealed(dir, each))
  if (!pass) return undefined
  const { attempts, commits } = readActivity(dir, pass)
  const recent = commits.filter((at) => at > now - recently)
  const minutes = recent.length === 0 ? 0 : Math.max(now - recent[0]!, 1000) / 60_000
  const rate = minutes === 0 ? 0 : recent.length / minutes
  const missing = new Set(missingTasks(dir, plan, pass))
  return {
    pass: pass.name,
    running: attempts,
    tasks_per_minute: Math.round(rate * 10) / 10,
    eta_seconds: rate === 0 ? null : Math.round((missing.size / rate) * 60),
    failures: readFailures(dir, pass).filter(({ index }) => missing.has(index)),
  }
}

export const status = (run: string, flags: { json?: boolean }): Promise<void> => withRun(run, [], (dir) => showStatus(dir, run, flags))

function showStatus(dir: string, shown: string, flags: { json?: boolean }): void {
  const plan = needPlan(dir)
  const passes = passStatus(plan, dir)
  const manifest = readManifest(dir)
  const complete = manifest !== undefined && passes.every(({ tasks, done }) => tasks === done)
  const activity = complete ? undefined : activityOf(plan, dir, Date.now())
  if (flags.json) {
    const now = activity ? { activity } : {}
    console.log(JSON.stringify({ name: plan.name, complete, passes, ...now, ...(manifest ? { records: manifest.records } : {}) }, null, 2))
    return
  }
  console.log(
    `${wrap(`${plan.name} in ${shown}: ${complete ? 'complete' : 'not complete; run the same "decant run" command again to resume'}`)}\n`,
  )
  console.log(
    table(
      ['pass', 'tasks', 'done'],
      passes.map(({ pass, tasks, done }) => [pass, count(tasks), count(done)]),
    ),
  )
  if (activity) showActivity(activity)
  if (complete) console.log(`\n${funnelTable(plan, manifest)}`)
}

function showActivity({ pass, running, tasks_per_minute, eta_seconds, failures }: Activity): void {
  const hosts = Object.entries(running).sort(([a], [b]) => (a < b ? -1 : 1))
  const attempts = hosts.reduce((sum, [, n]) => sum + n, 0)
  const eta = eta_seconds === null ? '' : `, ETA ${duration(eta_seconds)}`
  const machines = hosts
    .slice(0, 5)
    .map(([host, n]) => `${host} ${n}`)
    .join(', ')
  const more = hosts.length > 5 ? ` and ${hosts.length - 5} more` : ''
  console.log(
    `\npass ${pass}: ${plural(attempts, 'attempt')} begun${attempts > 0 ? ` (${machines}${more})` : ''}, ${tasks_per_minute} tasks/min${eta}`,
  )
  for (const { index, host, at, message } of failures.slice(-3))
    console.log(wrap(`failed  task ${index} on ${host} at ${at}: ${message}`, { hanging: ' '.repeat(8) }))
  if (failures.length > 3) console.log(`        and ${plural(failures.length - 3, 'earlier failure')}`)
}
