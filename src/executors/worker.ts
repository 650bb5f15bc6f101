import type { LedgerEntry } from '../pipeline/ledger.ts'
import { runTask, type TaskRequest } from '../pipeline/run_task.ts'

/** A task's result, or its failure as data: an Error that crosses threads loses its fields. */
export type Outcome = { entry: LedgerEntry } | { failure: Failure }
export interface Failure {
  message: string
  code?: string
  stack?: string
  userError: boolean
}

export default async function work(request: TaskRequest): Promise<Outcome> {
  try {
    return { entry: await runTask(request) }
  } catch (error) {
    return { failure: failureOf(error) }
  }
}

export function failureOf(error: unknown): Failure {
  const { message, code, stack, name } = error as NodeJS.ErrnoException
  return { message: message ?? String(error), ...(code ? { code } : {}), ...(stack ? { stack } : {}), userError: name === 'UserError' }
}
