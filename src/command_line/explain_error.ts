import { existsSync, readFileSync } from 'node:fs'
import { CommanderError } from 'commander'
import { damagedFile, shortageOf, systemCode, UserError, UserErrors } from '../core/errors.ts'
import { wrap } from '../reports/layout.ts'

/** One line, the place in the user's file if the line names one, and a hint. */
function explainMistake({ message, hint }: UserError): void {
  console.error(`decant: ${message}`)
  for (const line of sourceOf(message)) console.error(line)
  if (hint)
    console.error(process.stderr.isTTY ? wrap(`  hint: ${hint}`, { hanging: '  ', width: process.stderr.columns }) : `  hint: ${hint}`)
}

/** The line of a YAML file that a message begins with ("my.yaml:4: …"), and a mark below what it speaks of. */
function sourceOf(message: string): string[] {
  const [, path, number, rest = ''] = /^([^\n:]+\.ya?ml):(\d+): ([\s\S]*)$/.exec(message) ?? []
  if (path === undefined || !existsSync(path)) return []
  const line = readFileSync(path, 'utf8').split(/\r?\n/)[Number(number) - 1]
  if (line === undefined || line.trim() === '' || line.length > 200) return []
  // What stands in quotes, or the option of "step.option: …", or the step.
  const words = [/"([^"]+)"/.exec(rest)?.[1], /^[\w-]+\.([\w-]+)/.exec(rest)?.[1], /^([\w-]+)/.exec(rest)?.[1]]
  const word = words.find((each) => each !== undefined && line.includes(each))
  const at = word === undefined ? line.search(/\S/) : line.indexOf(word)
  const margin = `${number} | `
  return [`  ${margin}${line}`, `  ${' '.repeat(margin.length + at)}${'^'.repeat(word?.length ?? 1)}`]
}

/** One line and a hint for what the user can fix; a stack trace only for bugs. */
export function explainError(error: unknown): number {
  // Commander has already printed the message; help and version are not errors.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  const { name, message, code, stack, path } = error as NodeJS.ErrnoException
  if (error instanceof UserError || name === 'UserError') {
    for (const each of error instanceof UserErrors ? error.errors : [error as UserError]) explainMistake(each)
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
