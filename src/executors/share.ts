import { hostname } from 'node:os'
import { relative } from 'node:path'
import { systemCode, UserError } from '../core/errors.ts'
import { engineCode } from '../pipeline/code.ts'
import { type FailedAttempt, isCommitted, noteFailure } from '../pipeline/ledger.ts'
import { type Pass, type Plan, tasksOf } from '../pipeline/plan.ts'
import { needPlan } from '../pipeline/run_folder.ts'
import { runTask } from '../pipeline/run_task.ts'
import { isSealed, missingTasks, sealIfComplete } from '../pipeline/seal.ts'
import { readSplits } from '../pipeline/splits.ts'
import { failureOf } from './worker.ts'

// A share is what one process does of a pass: some of its tasks, one after the other. Any number of processes may do the same share; the first
// result of each task counts. No lock, no order among shares: a scheduler only has to start them.

export interface ShareRequest {
  /** Index of the pass in the plan. */
  pass: number
  /** Of so many shares, this one: every `of`-th task from the `share`-th on. */
  share: number
  of: number
  /** The tasks that are shared; all of the pass when left out. */
  among?: readonly number[]
}

export interface ShareOutcome {
  /** Tasks that this process has finished, and tasks that were done already. */
  done: number
  skipped: number
  failed: FailedAttempt[]
}

/** Tasks in the order in which they should begin: the largest splits first, so that none of them is begun when all others are done. */
export function orderOf(dir: string, plan: Plan, pass: Pass): number[] {
  const tasks = Array.from({ length: tasksOf(plan, pass) }, (_, i) => i)
  if (pass.kind === 'job') return tasks
  const bytes = readSplits(dir, plan).map(({ start, end }) => end - start)
  return tasks.sort((a, b) => bytes[b]! - bytes[a]! || a - b)
}

/** Run the tasks of a share that have no result. A task that fails does not stop the others. Throws a UserError for what no retry will mend. */
export async function runShare(dir: string, request: ShareRequest, signal: AbortSignal): Promise<ShareOutcome> {
  const plan = needPlan(dir)
  const pass = plan.passes[request.pass]!
  checkCode(dir, plan)
  for (const earlier of plan.passes.slice(0, request.pass)) if (!sealIfComplete(dir, plan, earlier)) throw notReady(dir, plan, earlier)
  const outcome: ShareOutcome = { done: 0, skipped: 0, failed: [] }
  const order = request.among ?? orderOf(dir, plan, pass)
  for (let k = request.share; k < order.length; k += request.of) {
    if (signal.aborted) break
    const index = order[k]!
    const isDone = (): boolean => isSealed(dir, pass) || isCommitted(dir, pass, index)
    if (isDone()) {
      outcome.skipped++
      continue
    }
    try {
      await runTask({ dir, pass: request.pass, index }, signal)
      outcome.done++
    } catch (error) {
      if (signal.aborted) break
      // Somebody else was first, and the driver has tidied up.
      if (isDone()) {
        outcome.skipped++
        continue
      }
      const { message, code, path, userError } = failureOf(error)
      const failed: FailedAttempt = {
        ...{ index, host: hostname(), at: new Date().toISOString(), message, userError },
        ...(code ? { code } : {}),
        ...(path ? { path: relative(dir, path) } : {}),
      }
      outcome.failed.push(failed)
      try {
        noteFailure(dir, pass, failed)
      } catch (unnoted) {
        // What keeps a task from writing may keep this from being written.
        if (!systemCode(unnoted)) throw unnoted
      }
    }
  }
  return outcome
}

/** What another decant makes would not fit in with what is there. */
function checkCode(dir: string, plan: Plan): void {
  if (plan.code === engineCode()) return
  throw new UserError(
    `${dir}: planned by another decant (${plan.decant}, code ${plan.code}) than this one (code ${engineCode()})`,
    'install the same decant, on the same version of Node, on all machines',
  )
}

/** Throw an error with the code EAGAIN: the same command may succeed later. */
const notReady = (dir: string, plan: Plan, pass: Pass): Error => {
  const missing = missingTasks(dir, plan, pass).length
  const lacks = missing > 0 ? `lacks ${missing} of ${tasksOf(plan, pass)} tasks` : 'has to be looked through: run "decant missing"'
  return Object.assign(new Error(`pass ${pass.name} ${lacks}`), { code: 'EAGAIN' })
}
