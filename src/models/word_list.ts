import { readFileSync } from 'node:fs'
import { UserError } from '../core/errors.ts'

/** Entries of a list file: one a line, without the space around it; empty lines and those that begin with `#` are left out. */
export function readWordList(path: string): Set<string> {
  let file: string
  try {
    file = readFileSync(path, 'utf8')
  } catch (error) {
    throw new UserError(`${path} cannot be read (${(error as NodeJS.ErrnoException).code})`)
  }
  const lines = file.split(/\r?\n/).filter((line) => !line.startsWith('#'))
  return new Set(lines.map((line) => line.trim()).filter((line) => line !== ''))
}
