import { CommanderError } from 'commander'
import { systemCode, UserError } from '../core/errors.ts'
import { wrap } from '../reports/layout.ts'

/** One line and a hint for what the user can fix; a stack trace only for bugs. */
export function explainError(error: unknown): number {
  // Commander has already printed the message; help and version are not errors.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  const { name, message, code, stack, path } = error as NodeJS.ErrnoException
  if (error instanceof UserError || name === 'UserError') {
    console.error(`decant: ${message}`)
    const { hint } = error as UserError
    if (hint)
      console.error(process.stderr.isTTY ? wrap(`  hint: ${hint}`, { hanging: '  ', width: process.stderr.columns }) : `  hint: ${hint}`)
    return 2
  }
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG') {
    console.error(`decant: the disk is full (${code}${path ? `, ${path}` : ''}). Free some space and run the same command again.`)
    return 1
  }
  if (systemCode(error)) {
    console.error(`decant: ${message}`)
    return 1
  }
  console.error(`decant: internal error (please report): ${stack ?? message}`)
  return 1
}
