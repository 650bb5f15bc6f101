import { existsSync, rmSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { DamagedFile, type ErrorEntry } from '../core/errors.ts'
import { checkFormat, fileFormats } from '../core/file_format.ts'
import { sha256 } from '../core/hash.ts'
import { readAllParts, readParts, writeParts } from '../formats/part_file.ts'
import { mirrorOf } from '../storage/mirror.ts'
import { asideOf, claimName, committedTasks, type KeyedPass, type LedgerEntry, makeFolder, readResult } from './ledger.ts'
import { type Pass, type Plan, tasksOf } from './plan.ts'
import { seamFixes } from './seams.ts'

// A pass whose tasks are all done is sealed: one file with what each of them did. Later passes read it instead of a file for each task, and a
// task reads its own line of it.

/** What a whole pass did, added up. */
export interface SealSummary {
  format: number
  pass: string
  key: string
  /** Sums over all tasks. */
  counts: Record<string, number>
  /** For each name of a file: a digest over those of all tasks, and the tasks that wrote none. */
  files: Record<string, { digest: string; absent: number[] }>
}

const sealFile = (dir: string, { name, key }: KeyedPass): string => join(dir, 'ledger', `${name}.${key}`)

export function isSealed(dir: string, pass: KeyedPass): boolean {
  const path = sealFile(dir, pass)
  mirrorOf(dir)?.fetch(relative(dir, path))
  return existsSync(path)
}

const parsed = <T>(part: Uint8Array): T => JSON.parse(Buffer.from(part).toString()) as T

/** The summary of a sealed pass. Throws a DamagedFile where the seal is not what was written, or missing. */
export function readSummary(dir: string, plan: Plan, pass: Pass): SealSummary {
  const path = sealFile(dir, pass)
  const summary = parsed<SealSummary>(readParts(path, tasksOf(plan, pass) + 1, { from: 0, to: 1 }))
  checkFormat(path, 'ledger', summary)
  return summary
}

/** The entry of one task of a sealed pass. */
export const readSealedEntry = (dir: string, plan: Plan, pass: Pass, index: number): LedgerEntry =>
  parsed<LedgerEntry>(readParts(sealFile(dir, pass), tasksOf(plan, pass) + 1, { from: index + 1, to: index + 2 }))

/** Summary and entries of a sealed pass; undefined where there is no seal, or a damaged one. */
export function readSeal(dir: string, plan: Plan, pass: Pass): { summary: SealSummary; entries: LedgerEntry[] } | undefined {
  if (!isSealed(dir, pass)) return undefined
  try {
    const [summary, ...entries] = readAllParts(sealFile(dir, pass), tasksOf(plan, pass) + 1)
    return { summary: parsed<SealSummary>(summary!), entries: entries.map((part) => parsed<LedgerEntry>(part)) }
  } catch (error) {
    if (error instanceof DamagedFile) return undefined
    throw error
  }
}

/** The entries of a pass that must be sealed. */
export function sealedEntries(dir: string, plan: Plan, pass: Pass): LedgerEntry[] {
  const seal = readSeal(dir, plan, pass)
  if (!seal) throw new DamagedFile(sealFile(dir, pass), 'it is missing, or not what was written')
  return seal.entries
}

/** The first few errors of a finished run, of passes in order. */
export const firstErrors = (dir: string, plan: Plan, most: number): ErrorEntry[] => {
  const found: ErrorEntry[] = []
  for (const pass of plan.passes) {
    if (found.length >= most) break
    for (const { errors } of sealedEntries(dir, plan, pass)) found.push(...errors)
  }
  return found.slice(0, most)
}

/** What can still be read of a damaged seal. */
export const salvage = (dir: string, plan: Plan, pass: Pass): (LedgerEntry | undefined)[] =>
  Array.from({ length: tasksOf(plan, pass) }, (_, index) => {
    try {
      return readSealedEntry(dir, plan, pass, index)
    } catch (error) {
      if (error instanceof DamagedFile) return undefined
      throw error
    }
  })

/** Seal a pass with the entries of all its tasks, unless somebody has. */
export function writeSeal(dir: string, pass: KeyedPass, entries: readonly LedgerEntry[]): void {
  const path = sealFile(dir, pass)
  makeFolder(dirname(path))
  const aside = asideOf(path)
  writeParts(
    aside,
    [summarize(pass, entries), ...entries].map((content) => Buffer.from(JSON.stringify(content))),
  )
  claimName(aside, path)
  const mirror = mirrorOf(dir)
  if (mirror && !mirror.push(relative(dir, path), { onlyNew: true })) mirror.refresh(relative(dir, path))
}

/** Break the seal of a pass. The driver's alone. */
export function breakSeal(dir: string, pass: KeyedPass): void {
  const path = sealFile(dir, pass)
  mirrorOf(dir)?.remove(relative(dir, path))
  rmSync(path, { force: true })
}

/** Tasks of a pass that have committed nothing yet, in order. */
export function missingTasks(dir: string, plan: Plan, pass: Pass): number[] {
  if (isSealed(dir, pass)) return []
  const committed = new Set(committedTasks(dir, pass))
  return Array.from({ length: tasksOf(plan, pass) }, (_, i) => i).filter((i) => !committed.has(i))
}

/** Seal a pass if every task has committed. Returns whether it is sealed now. */
export function sealIfComplete(dir: string, plan: Plan, pass: Pass): boolean {
  if (isSealed(dir, pass)) return true
  if (missingTasks(dir, plan, pass).length > 0) return false
  const entries: LedgerEntry[] = []
  for (let i = 0; i < tasksOf(plan, pass); i++) {
    const entry = readResult(dir, pass, i)
    // Damaged: the driver, which may, takes it back.
    if (!entry) return false
    entries.push(entry)
  }
  if (pass.kind === 'shards' && pass.from === null && seamFixes(entries).length > 0) return false
  writeSeal(dir, pass, entries)
  return true
}

function summarize({ name, key }: KeyedPass, entries: readonly LedgerEntry[]): SealSummary {
  const counts: Record<string, number> = {}
  const digests = new Map<string, (string | undefined)[]>()
  for (const entry of entries) {
    for (const [what, n] of Object.entries(entry.counts)) counts[what] = (counts[what] ?? 0) + n
    for (const { path, sha256: digest } of entry.outputs) {
      if (!path.startsWith('work/')) continue
      const file = basename(path)
      let found = digests.get(file)
      if (!found) digests.set(file, (found = []))
      found[entry.index] = digest
    }
  }
  const files = [...digests].map(([file, found]): [string, SealSummary['files'][string]] => {
    const absent = entries.flatMap(({ index }) => (found[index] === undefined ? [index] : []))
    return [file, { digest: sha256(entries.map(({ index }) => found[index] ?? '').join('\n')), absent }]
  })
  return { format: fileFormats.ledger, pass: name, key, counts, files: Object.fromEntries(files) }
}
