import type { LedgerEntry } from '../pipeline/ledger.ts'
import { runTasks, type Stop } from '../pipeline/run_task.ts'
import type { TaskRequest } from '../pipeline/task_request.ts'

/** The results of tasks that ran together, or their failure as data: an Error that crosses threads loses its fields. */
export type TasksOutcome = { entries: LedgerEntry[] } | { failure: Failure }
export interface Failure {
  message: string
  code?: string
  /** The file that an error of the system, or damage, is about. */
  path?: string
  stack?: string
  userError: boolean
}

export default async function work(requests: TaskRequest[]): Promise<TasksOutcome> {
  try {
    return { entries: await runTasks(requests, stopOf(requests[0]?.stop)) }
  } catch (error) {
    return { failure: failureOf(error) }
  }
}

/** What a task asks now and then. A thread that is ended in the middle of whatever it does may take the process with it. */
const stopOf = (flag: Int32Array | undefined): Stop | undefined =>
  flag && {
    throwIfAborted() {
      if (Atomics.load(flag, 0) !== 0) throw new Error('stopped')
    },
  }

export function failureOf(error: unknown): Failure {
  const { message, code, path, stack, name } = error as NodeJS.ErrnoException
  return {
    message: message ?? String(error),
    ...(code ? { code } : {}),
    ...(path ? { path } : {}),
    ...(stack ? { stack } : {}),
    userError: name === 'UserError',
  }
}
