import { randomUUID } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { DamagedFile, type ErrorEntry } from '../core/errors.ts'
import { fileFormats } from '../core/file_format.ts'
import { sha256 } from '../core/hash.ts'
import type { Seam, TaskInput } from '../core/task.ts'
import { mirrorOf } from '../storage/mirror.ts'
import { isUrl } from '../storage/url.ts'
import { hashFile } from './hash_file.ts'
import { type Pass, shardName } from './plan.ts'

// What tasks leave behind. A task works in a folder of its own attempt, and commits by renaming it: the first to do so wins, and nobody else ever
// removes or replaces what is there but the driver, which holds the run's lock.

/** A file that a task read: a split of an input, or (relative to the run's folder) what tasks of earlier passes wrote. */
export interface FileRead {
  /** Of an input; or work/PASS/INDEX/NAME, work/PASS/INDEX/NAME#PART, or work/PASS/&ast;/NAME for that of all tasks. */
  path: string
  /** Of the bytes that were read; of a part, its length and CRC-32. */
  sha256: string
  /** Inputs only: the split, and what `stateOf` said of the file, so that one that has not changed need not be hashed again. */
  start?: number
  end?: number
  stat?: string
}

export interface FileWritten {
  /** Relative to the run's folder. */
  path: string
  bytes: number
  sha256: string
  rows?: number
}

/** What a finished task leaves: proof of what it did, from what. Its presence is what makes the task done. */
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
  /** First passes over a file that is cut: where this split met its neighbours. */
  seam?: Seam
  /** How many documents the task was allowed to read, in runs with a limit; with 0, its input was not even opened. */
  limit?: number
  /** Wall time; for information, in no manifest. */
  seconds: number
  /** Seconds by step, when asked for. */
  timings?: Record<string, number>
}

/** What names the results of a pass. */
export type KeyedPass = Pick<Pass, 'name' | 'key'>

/** Where results of a pass are: under its key, so that results of another pipeline are never mistaken for them. */
export const passFolder = ({ name, key }: KeyedPass): string => join('work', `${name}.${key}`)
export const resultFolder = (pass: KeyedPass, index: number): string => join(passFolder(pass), shardName(index))

const entryFile = 'task.json'
const attempts = '.attempts'
const failures = '.failed'
const isResult = (name: string): boolean => /^\d{5,}$/.test(name)

/** A new folder for one attempt at a task, on the same file system as its result. */
export function beginAttempt(dir: string, pass: KeyedPass): string {
  const work = join(dir, passFolder(pass), attempts, `${hostname()}.${process.pid}.${randomUUID()}`)
  makeFolder(work)
  return work
}

/**
 * Make an attempt the result of its task, unless another one was first. Returns the entry that counts; undefined where that is in the seal of the
 * pass only.
 */
export function commit(dir: string, pass: KeyedPass, entry: LedgerEntry, work: string): LedgerEntry | undefined {
  const { index } = entry
  writeFileSync(join(work, entryFile), sealed(entry), { flush: true })
  syncFolder(work)
  const final = join(dir, resultFolder(pass, index))
  try {
    renameSync(work, final)
    syncFolder(dirname(final))
    return publish(dir, pass, entry)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    // ENOENT: over a network a rename may have been done and its answer lost.
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST' && code !== 'ENOENT') throw error
    return readResult(dir, pass, index)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/** In a store, nothing can be renamed: the entry comes last, and the first one counts. */
function publish(dir: string, pass: KeyedPass, entry: LedgerEntry): LedgerEntry | undefined {
  const mirror = mirrorOf(dir)
  if (!mirror) return entry
  const folder = resultFolder(pass, entry.index)
  mirror.pushAll(folder, { onlyNew: true, but: entryFile })
  if (mirror.push(join(folder, entryFile), { onlyNew: true })) return entry
  rmSync(join(dir, folder), { recursive: true })
  return readResult(dir, pass, entry.index)
}

/** What a task has committed. */
export function readResult(dir: string, pass: KeyedPass, index: number): LedgerEntry | undefined {
  const path = join(resultFolder(pass, index), entryFile)
  try {
    mirrorOf(dir)?.fetch(path)
    const entry = unsealed<LedgerEntry>(readFileSync(join(dir, path), 'utf8'))
    // An entry that is damaged, or of another decant, says nothing of what this one would do.
    return entry?.format === fileFormats.ledger ? entry : undefined
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError) return undefined
    throw error
  }
}

/** Indices of the tasks of a pass that have committed something. */
export function committedTasks(dir: string, pass: KeyedPass): number[] {
  const mirror = mirrorOf(dir)
  const folder = passFolder(pass)
  const names = mirror
    ? [...mirror.list(folder).keys()].flatMap((path) => (basename(path) === entryFile ? [basename(dirname(path))] : []))
    : existsSync(join(dir, folder))
      ? readdirSync(join(dir, folder))
      : []
  return names
    .filter(isResult)
    .map(Number)
    .sort((a, b) => a - b)
}

/** Whether a task has committed something. */
export function isCommitted(dir: string, pass: KeyedPass, index: number): boolean {
  const folder = resultFolder(pass, index)
  mirrorOf(dir)?.fetch(join(folder, entryFile))
  return existsSync(join(dir, folder))
}

/** Take back a result, so that its task runs again. The driver's alone. */
export function discard(dir: string, pass: KeyedPass, index: number): void {
  const folder = resultFolder(pass, index)
  mirrorOf(dir)?.removeAll(folder, entryFile)
  removeFolder(dir, folder)
}

/**
 * Remove a folder of `work/` in which attempts may still write: it is gone from one moment to the next, and with it the ground they stand on. What
 * a kill leaves of it goes when the run is opened again. The driver's alone.
 */
export function removeFolder(dir: string, folder: string): void {
  const aside = join(dir, 'work', `.removed.${randomUUID()}`)
  try {
    renameSync(join(dir, folder), aside)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  rmSync(aside, { recursive: true })
}

/** Write entries down as those of their tasks again, whatever became of their folders. The driver's alone. */
export function restore(dir: string, pass: KeyedPass, entries: readonly LedgerEntry[]): void {
  for (const entry of entries) {
    const folder = resultFolder(pass, entry.index)
    makeFolder(join(dir, folder))
    writeAtomically(join(dir, folder, entryFile), sealed(entry))
    mirrorOf(dir)?.push(join(folder, entryFile))
  }
}

/** One failed attempt at a task that ran as a process of its own. */
export interface FailedAttempt {
  index: number
  host: string
  at: string
  message: string
  code?: string
  /** The file that an error of the system, or damage, is about, relative to the run's folder. */
  path?: string
  userError: boolean
}

export function noteFailure(dir: string, pass: KeyedPass, failure: FailedAttempt): void {
  const folder = join(dir, passFolder(pass), failures)
  makeFolder(folder)
  writeAtomically(join(folder, `${shardName(failure.index)}.${randomUUID()}.json`), `${JSON.stringify(failure)}\n`)
}

/** Failed attempts at the tasks of a pass, by when they failed. */
export function readFailures(dir: string, pass: KeyedPass): FailedAttempt[] {
  const folder = join(dir, passFolder(pass), failures)
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : []
  return names.map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as FailedAttempt).sort((a, b) => (a.at < b.at ? -1 : 1))
}

/** Of a sealed pass, keep only what others read. The driver's alone. */
export function tidy(dir: string, pass: Pass, entries: readonly LedgerEntry[]): void {
  const mirror = mirrorOf(dir)
  if (pass.kind === 'shards' && pass.last) mirror?.removeAll(passFolder(pass))
  else mirror?.remove(...committedTasks(dir, pass).map((index) => join(resultFolder(pass, index), entryFile)))
  if (pass.kind === 'shards' && pass.last) {
    removeFolder(dir, passFolder(pass))
    return
  }
  for (const name of [attempts, failures]) removeFolder(dir, join(passFolder(pass), name))
  for (const { index } of entries) rmSync(join(dir, resultFolder(pass, index), entryFile), { force: true })
}

/** What is going on in a pass, as its folder shows it. */
export interface PassActivity {
  /** Attempts that have begun and not ended, by machine; those of processes that were killed are among them until the run is looked through. */
  attempts: Record<string, number>
  /** When results were committed (milliseconds), in order. */
  commits: number[]
}

export function readActivity(dir: string, pass: KeyedPass): PassActivity {
  const folder = join(dir, passFolder(pass))
  const begun = join(folder, attempts)
  const found: Record<string, number> = {}
  for (const name of existsSync(begun) ? readdirSync(begun) : []) {
    const host = name.replace(/\.\d+\.[^.]+$/, '')
    found[host] = (found[host] ?? 0) + 1
  }
  const commits = committedTasks(dir, pass).flatMap((index) => {
    const stat = statSync(join(dir, resultFolder(pass, index), entryFile), { throwIfNoEntry: false })
    return stat ? [stat.mtimeMs] : []
  })
  return { attempts: found, commits: commits.sort((a, b) => a - b) }
}

/** Folders of attempts that this process began, or that nobody on this machine works in any more. The driver's alone. */
export function removeAttempts(dir: string, isAlive: (pid: number) => boolean): void {
  const root = join(dir, 'work')
  for (const pass of existsSync(root) ? readdirSync(root) : []) {
    const folder = join(root, pass, attempts)
    for (const name of existsSync(folder) ? readdirSync(folder) : []) {
      const pid = Number(name.startsWith(`${hostname()}.`) ? name.slice(hostname().length + 1).split('.')[0] : Number.NaN)
      if (Number.isInteger(pid) && (pid === process.pid || !isAlive(pid))) rmSync(join(folder, name), { recursive: true, force: true })
    }
  }
}

/** The pass (with its key) and the index of the task that wrote work/PASS.KEY/INDEX/FILE. */
export function writerOf(path: string): { pass: KeyedPass; index: number } {
  const [, folder = '', index] = path.split('/')
  const at = folder.lastIndexOf('.')
  return { pass: { name: folder.slice(0, at), key: folder.slice(at + 1) }, index: Number(index) }
}

/** JSON with the hash of what it says, so that a changed bit is noticed. */
export const sealed = (content: object, indent?: number): string =>
  `${JSON.stringify({ ...content, checksum: sha256(JSON.stringify(content)) }, null, indent)}\n`

/** What `sealed` was given; undefined when it says something else now. Throws a SyntaxError for what is no JSON. */
export function unsealed<T extends object>(text: string): T | undefined {
  const { checksum, ...content } = JSON.parse(text) as T & { checksum?: string }
  return checksum === sha256(JSON.stringify(content)) ? (content as unknown as T) : undefined
}

const checked = new Map<string, string>()

/** Throw a DamagedFile when a file is not what its task wrote. Each file is read once for that in a thread, as long as nothing has written to it. */
export function checkDigest(file: string, sha256: string): void {
  const state = existsSync(file) ? `${statKey(file)} ${sha256}` : ''
  if (state !== '' && checked.get(file) === state) return
  if (state === '' || hashFile(file) !== sha256) throw new DamagedFile(file, 'it is not what its task wrote')
  checked.set(file, state)
}

/** Size, times and inode: a file for which these are the same has not been written to. */
export function statKey(path: string): string {
  const { size, mtimeNs, ctimeNs, ino } = statSync(path, { bigint: true })
  return [size, mtimeNs, ctimeNs, ino].join(':')
}

/** What an input is, as far as it can be told without reading it: as `statKey`; of files in stores, what the listing said. */
export const stateOf = ({ file, size, tag }: Pick<TaskInput, 'file' | 'size' | 'tag'>): string =>
  isUrl(file) ? `${size}:${tag}` : statKey(file)

/** As `mkdir -p`; Node's own never ends where a folder cannot be made, as in /proc. */
export function makeFolder(dir: string): void {
  if (existsSync(dir)) return
  makeFolder(dirname(resolve(dir)))
  try {
    mkdirSync(dir)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

/** Write aside, sync, rename: the file is there whole or not at all. */
export function writeAtomically(path: string, text: string): void {
  const aside = asideOf(path)
  writeFileSync(aside, text, { flush: true })
  renameSync(aside, path)
  syncFolder(dirname(path))
}

/** Where a file is written before it gets its name. */
export const asideOf = (path: string): string => `${path}.${process.pid}.${randomUUID().slice(0, 8)}.part`

/** Give a finished file its name, unless that is taken; `aside` is gone afterwards. Returns whether this one got it. */
export function claimName(aside: string, path: string): boolean {
  try {
    linkSync(aside, path)
    return true
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return false
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS') throw error
    // File systems without hard links: what is there already says the same.
    if (existsSync(path)) return false
    renameSync(aside, path)
    return true
  } finally {
    rmSync(aside, { force: true })
    syncFolder(dirname(path))
  }
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
