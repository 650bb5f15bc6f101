import type { LedgerEntry } from '../pipeline/ledger.ts'
import { runTasks } from '../pipeline/run_task.ts'
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
    return { entries: await runTasks(requests) }
  } catch (error) {
    return { failure: failureOf(error) }
  }
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
