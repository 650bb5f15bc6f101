import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { systemCode } from '../core/errors.ts'
import { writeAtomically } from '../pipeline/ledger.ts'

/** Write a file whole or not at all; its folder is made where there is none. */
export function writeWhole(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeAtomically(path, content)
}

/** Write a page for a browser, and the same result as JSON beside it. */
export function writeReport(path: string, page: string, json: string): void {
  writeWhole(path, page)
  writeWhole(path.replace(/(\.html)?$/, '.json'), `${json}\n`)
}

/** Write a report after the result has been printed, which does not depend on it. */
export function addReport(path: string, isJson: boolean | undefined, write: () => void): void {
  try {
    write()
  } catch (error) {
    const code = systemCode(error)
    if (!code) throw error
    console.error(`decant: no report: ${path} cannot be written (${code})\n  hint: --report FILE writes it elsewhere, --no-report skips it`)
    return
  }
  if (!isJson) console.log(`\nreport  ${path}`)
}

/** A result as it is printed with `--json`: without one property, wherever it stands. */
export const jsonWithout = (left: string, result: unknown): string =>
  JSON.stringify(result, (name, value: unknown) => (name === left ? undefined : value), 2)
