import { mkdtempSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { random } from '../../fixtures/random.ts'
import { type Case, caseMaker } from './cases.ts'
import { type Expected, type Kind, outcomeOf } from './outcome.ts'

// node worker.js KIND SEED FIRST FOLDERS…   tries cases from a number on, for ever
// node worker.js KIND check                 tries the files whose paths, and what is expected of them, are written to it as lines of JSON
//
// Says on file descriptor 3 which case it begins, and what was wrong with it. The parent kills it where it does not end.

export type Said = { begins: number; bytes: number } | { fails: number; message: string; stack: string } | { ends: number }

const [kind, mode, first = '0', ...folders] = process.argv.slice(2) as [Kind, string, ...string[]]
const say = (said: Said): void => {
  try {
    writeSync(3, `${JSON.stringify(said)}\n`)
  } catch {
    // The parent has gone.
    process.exit(1)
  }
}
const temporary = mkdtempSync(join(tmpdir(), 'decant-fuzz-'))
process.on('exit', () => rmSync(temporary, { recursive: true, force: true }))
process.on('SIGTERM', () => process.exit(0))
// A promise that nobody waits for takes the whole process with it: the same as an exception.
let current = 0
const fail = (error: unknown): void => {
  const { message, stack = '' } = error instanceof Error ? error : new Error(`no error was thrown but ${String(error)}`)
  say({ fails: current, message, stack })
}
process.on('unhandledRejection', fail)
process.on('uncaughtException', fail)

/** Seconds a case may take: five a megabyte, and one for compilation and collection. */
export const secondsFor = (bytes: number): number => 1 + (5 * bytes) / 1e6

async function attempt(n: number, path: string, bytes: number, expected: Expected): Promise<void> {
  current = n
  say({ begins: n, bytes })
  for (const isLast of [false, true]) {
    const began = process.cpuUsage()
    try {
      await outcomeOf(kind, path, expected)
    } catch (error) {
      return fail(error)
    }
    const { user, system } = process.cpuUsage(began)
    const seconds = (user + system) / 1e6
    if (seconds <= secondsFor(bytes)) return
    // Once may be the collection of what others left behind.
    if (isLast) fail(new Error(`slow: ${seconds.toFixed(1)} s for ${bytes} bytes`))
  }
}

if (mode === 'check') {
  let n = 0
  for await (const line of createInterface({ input: process.stdin })) {
    const { path, bytes, expected } = JSON.parse(line) as { path: string; bytes: number; expected: Expected }
    await attempt(n, path, bytes, expected)
    say({ ends: n++ })
  }
} else {
  const make = await caseMaker(kind, folders)
  for (let n = Number(first); ; n++) {
    const { bytes, extension, ...expected }: Case = make(random(`${mode}:${kind}:${n}`))
    const path = join(temporary, `case.${extension}`)
    writeFileSync(path, bytes)
    await attempt(n, path, bytes.length, expected)
    // Unhandled rejections are told between turns.
    await new Promise((resolve) => setImmediate(resolve))
  }
}
