import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { unreachable } from '../core/errors.ts'
import { readHead } from '../formats/part_file.ts'
import { mirrorOf } from '../storage/mirror.ts'
import { isUrl } from '../storage/url.ts'
import { hashFile } from './hash_file.ts'
import {
  committedTasks,
  discard,
  type FileRead,
  type FileWritten,
  type LedgerEntry,
  makeFolder,
  passFolder,
  readResult,
  restore,
  resultFolder,
  stateOf,
  statKey,
  syncFolder,
  tidy,
  writerOf,
} from './ledger.ts'
import { checkLock } from './lock.ts'
import { type Pass, type Plan, shardName, tasksOf } from './plan.ts'
import { breakSeal, isSealed, readSeal, readSummary, type SealSummary, salvage, writeSeal } from './seal.ts'
import { seamFixes } from './seams.ts'
import { fixSplits, readSplits } from './splits.ts'

/** Folders under the run's folder that hold its products, by the name of the task's file. */
export const products: Record<string, { folder: string; extension: string }> = {
  'data.parquet': { folder: 'data', extension: 'parquet' },
  'verdicts.parquet': { folder: 'verdicts', extension: 'parquet' },
  'removed.parquet': { folder: 'removed', extension: 'parquet' },
  'duplicates.parquet': { folder: 'duplicates', extension: 'parquet' },
  'errors.jsonl': { folder: 'errors', extension: 'jsonl' },
}

export const productFolders: readonly string[] = Object.values(products).map(({ folder }) => folder)

/** Where a product of the last pass belongs, relative to the run's folder. */
export const productPath = (name: string, index: number): string =>
  join(products[name]!.folder, `${shardName(index)}.${products[name]!.extension}`)

/**
 * The results of one pass, for whoever drives the run and holds its lock: what is there and still what a run of its tasks would give, made from
 * files that have not changed since, and with all it wrote still in place. What is not is taken back, so that its task runs again.
 */
export class PassResults {
  readonly entries: (LedgerEntry | undefined)[]
  #isSealed: boolean

  constructor(
    readonly dir: string,
    readonly plan: Plan,
    readonly pass: Pass,
    /** Whether to fetch again what could not be fetched: once for each time that a run is started. */
    { fetchesAgain = false } = {},
  ) {
    const { entries, isSealed: wasSealed } = readEntries(dir, plan, pass)
    this.entries = entries
    this.#isSealed = wasSealed
    const fresh = new Freshness(dir, plan, pass)
    const isStale = (entry: LedgerEntry, index: number): boolean =>
      !fresh.isCurrent(entry, index) || (fetchesAgain && `errors:${unreachable}:records` in entry.counts)
    const stale = entries.flatMap((entry, index) => (entry && isStale(entry, index) ? [index] : []))
    // What cannot be read is in the way of its successor.
    const broken = wasSealed ? [] : committedTasks(dir, pass).filter((index) => entries[index] === undefined)
    if (stale.length + broken.length > 0) this.takeBack([...stale, ...broken])
  }

  /** Let tasks run again. */
  takeBack(indices: readonly number[]): void {
    const { dir, pass, entries } = this
    checkLock(dir)
    for (const index of indices) {
      if (index < entries.length) entries[index] = undefined
      discard(dir, pass, index)
    }
    if (!this.#isSealed) return
    const kept = entries.filter((entry) => entry !== undefined)
    restore(
      dir,
      pass,
      kept.filter(({ index }) => !readResult(dir, pass, index)),
    )
    breakSeal(dir, pass)
    this.#isSealed = false
  }

  /** Once all entries are there. Returns the tasks that have to run again after all, because their splits do not meet the ones before. */
  finish(): number[] {
    const { dir, plan, pass } = this
    checkLock(dir)
    const entries = this.entries as LedgerEntry[]
    if (pass.kind === 'shards' && pass.from === null) {
      const fixes = seamFixes(entries)
      if (fixes.length > 0) {
        fixSplits(dir, plan, fixes)
        const again = fixes.map(({ index }) => index)
        this.takeBack(again)
        return again
      }
    }
    if (pass.kind === 'shards' && pass.last) placeProducts(dir, pass, entries)
    if (!this.#isSealed) writeSeal(dir, pass, entries)
    this.#isSealed = true
    tidy(dir, pass, entries)
    return []
  }
}

function readEntries(dir: string, plan: Plan, pass: Pass): { entries: (LedgerEntry | undefined)[]; isSealed: boolean } {
  const sealed = readSeal(dir, plan, pass)
  if (sealed) return { entries: sealed.entries, isSealed: true }
  if (isSealed(dir, pass)) {
    restore(
      dir,
      pass,
      salvage(dir, plan, pass).filter((entry) => entry !== undefined),
    )
    breakSeal(dir, pass)
  }
  const tasks = tasksOf(plan, pass)
  const entries = Array.from<LedgerEntry | undefined>({ length: tasks })
  for (const index of committedTasks(dir, pass)) if (index < tasks) entries[index] = readResult(dir, pass, index)
  return { entries, isSealed: false }
}

/** Whether what tasks read is what it was, and what they wrote is there. */
class Freshness {
  readonly #splits
  readonly #summaries = new Map<string, SealSummary>()
  readonly #digests = new Map<string, Map<string, string>>()
  readonly #heads = new Map<string, Uint32Array>()
  /** Of files in a store, by path. */
  readonly #stored: Map<string, number> | undefined

  constructor(
    private readonly dir: string,
    private readonly plan: Plan,
    private readonly pass: Pass,
  ) {
    this.#stored = storedBy(dir, pass)
    this.#splits = pass.kind === 'shards' && pass.from === null ? readSplits(dir, plan) : undefined
  }

  isCurrent({ key, reads, outputs, limit }: LedgerEntry, index: number): boolean {
    if (key !== this.pass.key) return false
    if (this.#splits && limit !== 0) {
      const [read] = reads
      const split = this.#splits[index]!
      const { file, start, end } = split
      if (!read || read.path !== file || read.start !== start || read.end !== end) return false
      if (isUrl(file) && read.stat !== stateOf(split)) return false
    }
    return reads.every((read) => this.#isUnchanged(read)) && outputs.every((output) => this.#isThere(output, index))
  }

  #isThere({ path, bytes }: FileWritten, index: number): boolean {
    if (this.#sizeOf(path) === bytes) return true
    // Committed, and not yet in its place.
    const name = Object.keys(products).find((product) => productPath(product, index) === path)
    return name !== undefined && this.#sizeOf(join(resultFolder(this.pass, index), name)) === bytes
  }

  #sizeOf(path: string): number | undefined {
    return this.#stored ? this.#stored.get(path) : fileSize(join(this.dir, path))
  }

  #isUnchanged(read: FileRead): boolean {
    const { path, sha256, stat, start, end } = read
    if (stat !== undefined) {
      if (isUrl(path)) return true
      if (!existsSync(path)) return false
      return statKey(path) === stat || hashFile(path, { start: start ?? 0, end: end ?? Number.POSITIVE_INFINITY }) === sha256
    }
    const [, folder = '', task = '', file = ''] = path.split('/')
    if (task === '*') {
      const summary = this.#summaryOf(folder)
      // Of what no task wrote, '' was read.
      return summary !== undefined && (summary.files[file]?.digest ?? '') === sha256
    }
    const [name, part] = path.split('#')
    return part === undefined ? (this.#digestsOf(folder)?.get(path) ?? '') === sha256 : this.#partOf(name!, Number(part)) === sha256
  }

  #passOf(folder: string): Pass | undefined {
    const { pass } = writerOf(`work/${folder}/0`)
    return this.plan.passes.find(({ name, key }) => name === pass.name && key === pass.key)
  }

  #summaryOf(folder: string): SealSummary | undefined {
    const pass = this.#passOf(folder)
    if (!this.#summaries.has(folder) && pass && isSealed(this.dir, pass))
      this.#summaries.set(folder, readSummary(this.dir, this.plan, pass))
    return this.#summaries.get(folder)
  }

  #digestsOf(folder: string): Map<string, string> | undefined {
    const pass = this.#passOf(folder)
    if (!this.#digests.has(folder) && pass) {
      const outputs = readSeal(this.dir, this.plan, pass)?.entries.flatMap((entry) => entry.outputs) ?? []
      this.#digests.set(folder, new Map(outputs.map(({ path, sha256 }) => [path, sha256])))
    }
    return this.#digests.get(folder)
  }

  #partOf(path: string, part: number): string | undefined {
    let head = this.#heads.get(path)
    if (!head) {
      try {
        mirrorOf(this.dir)?.fetch(path)
        head = readHead(join(this.dir, path), this.plan.inputs.splits)
      } catch {
        head = new Uint32Array(0)
      }
      this.#heads.set(path, head)
    }
    return partDigest(head, part)
  }
}

/** Paths and sizes of what a store has of a pass; undefined for runs that are in no store. */
function storedBy(dir: string, pass: Pass): Map<string, number> | undefined {
  const mirror = mirrorOf(dir)
  if (!mirror) return undefined
  const folders = pass.kind === 'shards' && pass.last ? productFolders : []
  return new Map([passFolder(pass), ...folders].flatMap((folder) => [...mirror.list(folder)]))
}

/** What stands for the bytes of a part: its length and its CRC-32. */
export const partDigest = (head: Uint32Array, part: number): string | undefined =>
  head.length > 2 * part ? `${head[2 * part]}.${head[2 * part + 1]}` : undefined

/** Move what tasks of the last pass wrote to where it belongs. A kill in between is mended by the next try. */
function placeProducts(dir: string, pass: Pass, entries: readonly LedgerEntry[]): void {
  const folders = new Set<string>()
  const mirror = mirrorOf(dir)
  const stored = storedBy(dir, pass)
  const moves: { from: string; to: string }[] = []
  const unwritten: string[] = []
  for (const { index, outputs } of entries) {
    const written = new Set(outputs.map(({ path }) => path))
    for (const name of Object.keys(products)) {
      const path = productPath(name, index)
      const result = join(resultFolder(pass, index), name)
      if (written.has(path) && stored?.has(result)) moves.push({ from: result, to: path })
      if (!written.has(path) && stored?.has(path)) unwritten.push(path)
      const [from, to] = [join(dir, resultFolder(pass, index), name), join(dir, path)]
      if (!written.has(path)) rmSync(to, { force: true })
      else if (existsSync(from)) {
        if (!folders.has(dirname(to))) makeFolder(dirname(to))
        folders.add(dirname(to))
        renameSync(from, to)
      }
    }
  }
  mirror?.move(moves)
  mirror?.remove(...unwritten, ...[...(stored?.keys() ?? [])].filter((path) => isBeyond(path, entries.length)))
  removeBeyond(dir, entries.length)
  for (const folder of folders) syncFolder(folder)
}

/** Whether a path is that of a product whose number is too high. */
const isBeyond = (path: string, shards: number): boolean => Number(/^\w+\/(\d{5,})\.\w+$/.exec(path)?.[1] ?? -1) >= shards

/** Products of a run that had more shards, because its inputs were cut otherwise. */
function removeBeyond(dir: string, shards: number): void {
  for (const { folder } of Object.values(products)) {
    const root = join(dir, folder)
    for (const name of existsSync(root) ? readdirSync(root) : []) if (isBeyond(join(folder, name), shards)) rmSync(join(root, name))
  }
}

const fileSize = (path: string): number => {
  try {
    return statSync(path).size
  } catch {
    return -1
  }
}
