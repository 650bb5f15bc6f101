import { CommanderError } from 'commander'
import { damagedFile, shortageOf, systemCode, UserError } from '../core/errors.ts'
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
  const shortage = shortageOf(code)
  if (shortage) {
    console.error(`decant: ${shortage.what} (${code}${path ? `, ${path}` : ''}). ${shortage.remedy} and run the same command again.`)
    return 1
  }
  if (systemCode(error)) {
    console.error(`decant: ${message}`)
    if (code === damagedFile) console.error('  hint: the "decant run" command that made it makes it again')
    return 1
  }
  console.error(`decant: internal error (please report): ${stack ?? message}`)
  return 1
}
