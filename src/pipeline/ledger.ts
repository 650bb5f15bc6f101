import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { ErrorEntry } from '../core/errors.ts'
import { fileFormats } from '../core/file_format.ts'
import { sha256 } from '../core/hash.ts'
import { hashFile } from './hash_file.ts'
import { type Pass, type Plan, shardName } from './plan.ts'

/** The `code` of an error that says of a file that it is not what its task wrote; its `path` is the file. */
export const damagedFile = 'EDAMAGED'

/** A file that a task read: an input of the run, or (relative to the run's folder) what another task wrote. */
export interface FileRead {
  path: string
  sha256: string
  /** Inputs only: what `stat` said, so that unchanged files need not be hashed again. */
  stat?: string
  bytes?: number
}

export interface FileWritten {
  /** Relative to the run's folder. */
  path: string
  bytes: number
  sha256: string
  rows?: number
}

/** What a finished task leaves in `ledger/`: proof of what it did, from what. Its presence is what makes the task done. */
export interface LedgerEntry {
  format: number
  pass: string
  index: number
  key: string
  reads: FileRead[]
  outputs: FileWritten[]
  counts: Record<string, number>
  /** The first few errors, for the report. */
  errors: ErrorEntry[]
  /** How many documents the task was allowed to read, in runs with a limit; with 0, its input was not even opened. */
  limit?: number
  /** Wall time; for information, in no manifest. */
  seconds: number
  /** Seconds by step, when asked for. */
  timings?: Record<string, number>
}

const entryPath = (dir: string, pass: string, index: number): string => join(dir, 'ledger', pass, `${shardName(index)}.json`)

export function readEntry(dir: string, pass: string, index: number): LedgerEntry | undefined {
  try {
    const entry = unsealed<LedgerEntry>(readFileSync(entryPath(dir, pass, index), 'utf8'))
    // An entry that is damaged, or of another decant, says nothing of what this one would do.
    return entry?.format === fileFormats.ledger ? entry : undefined
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError) return undefined
    throw error
  }
}

export function removeEntry(dir: string, pass: string, index: number): void {
  rmSync(entryPath(dir, pass, index), { force: true })
}

export function writeEntry(dir: string, entry: LedgerEntry): void {
  const path = entryPath(dir, entry.pass, entry.index)
  mkdirSync(dirname(path), { recursive: true })
  writeAtomically(path, sealed(entry))
}

/** JSON with the hash of what it says, so that a changed bit is noticed. */
export const sealed = (content: object, indent?: number): string =>
  `${JSON.stringify({ ...content, checksum: sha256(JSON.stringify(content)) }, null, indent)}\n`

/** What `sealed` was given; undefined when it says something else now. Throws a SyntaxError for what is no JSON. */
export function unsealed<T extends object>(text: string): T | undefined {
  const { checksum, ...content } = JSON.parse(text) as T & { checksum?: string }
  return checksum === sha256(JSON.stringify(content)) ? (content as unknown as T) : undefined
}

/**
 * The result of a task, if it is there and still what a run of the task would give: made under the same key, from files that have
 * not changed since, and with all it wrote still in place.
 */
export function currentEntry(plan: Plan, dir: string, pass: Pass, index: number): LedgerEntry | undefined {
  const entry = readEntry(dir, pass.name, index)
  if (!entry || entry.key !== pass.key) return undefined
  const readsInput = pass.kind === 'shards' && pass.from === null && entry.limit !== 0
  if (readsInput && entry.reads[0]?.path !== plan.inputs[index]) return undefined
  const fresh = entry.reads.every((read) =>
    read.stat === undefined ? internalDigest(dir, read.path) === read.sha256 : inputUnchanged(read),
  )
  const whole = entry.outputs.every(({ path, bytes }) => fileSize(join(dir, path)) === bytes)
  return fresh && whole ? entry : undefined
}

/** Pass and index of the task that wrote work/PASS/INDEX/FILE. */
export function writerOf(path: string): [string, number] {
  const [, pass = '', index] = path.split('/')
  return [pass, Number(index)]
}

/** Digest that the ledger holds for a file written by an earlier task, or '' when nobody wrote it. */
export function internalDigest(dir: string, path: string): string {
  const entry = readEntry(dir, ...writerOf(path))
  return entry?.outputs.find((output) => output.path === path)?.sha256 ?? ''
}

const checked = new Map<string, string>()

/**
 * Throw an error with the code EDAMAGED when a file is not what its task wrote. Each file is read once for that in a thread, as long as nothing
 * has written to it.
 */
export function checkDigest(file: string, sha256: string): void {
  const state = existsSync(file) ? `${statKey(file)} ${sha256}` : ''
  if (state !== '' && checked.get(file) === state) return
  if (state === '' || hashFile(file) !== sha256)
    throw Object.assign(new Error(`${file} is not what its task wrote: damaged`), { code: damagedFile, path: file })
  checked.set(file, state)
}

function inputUnchanged(read: FileRead): boolean {
  if (!existsSync(read.path)) return false
  return statKey(read.path) === read.stat || hashFile(read.path) === read.sha256
}

/** Size, times and inode: a file for which these are the same has not been written to. */
export function statKey(path: string): string {
  const { size, mtimeNs, ctimeNs, ino } = statSync(path, { bigint: true })
  return [size, mtimeNs, ctimeNs, ino].join(':')
}

const fileSize = (path: string): number => {
  try {
    return statSync(path).size
  } catch {
    return -1
  }
}

/** Write aside, sync, rename: the file is there whole or not at all. */
export function writeAtomically(path: string, text: string): void {
  const aside = `${path}.${process.pid}.part`
  writeFileSync(aside, text, { flush: true })
  renameSync(aside, path)
  syncFolder(dirname(path))
}

/** Make renames in a folder last through a power cut. */
export function syncFolder(path: string): void {
  const fd = openSync(path, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}
