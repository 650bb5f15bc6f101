import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkFormat } from '../core/file_format.ts'
import { committedTasks, readResult } from '../pipeline/ledger.ts'
import { type Plan, tasksOf } from '../pipeline/plan.ts'
import { needPlan } from '../pipeline/run_folder.ts'
import { isSealed, readSummary } from '../pipeline/seal.ts'
import { count, table } from '../reports/format.ts'
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
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as Manifest
  checkFormat(path, 'manifest', manifest)
  return manifest
}

export function status(dir: string, flags: { json?: boolean }): void {
  const plan = needPlan(dir)
  const passes = passStatus(plan, dir)
  const manifest = readManifest(dir)
  const complete = manifest !== undefined && passes.every(({ tasks, done }) => tasks === done)
  if (flags.json) {
    console.log(JSON.stringify({ name: plan.name, complete, passes, ...(manifest ? { records: manifest.records } : {}) }, null, 2))
    return
  }
  console.log(
    `${wrap(`${plan.name} in ${dir}: ${complete ? 'complete' : 'not complete; run the same "decant run" command again to resume'}`)}\n`,
  )
  console.log(
    table(
      ['pass', 'tasks', 'done'],
      passes.map(({ pass, tasks, done }) => [pass, count(tasks), count(done)]),
    ),
  )
  if (complete) console.log(`\n${funnelTable(plan, manifest)}`)
}
