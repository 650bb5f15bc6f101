import { renameSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { sha256 } from '../core/hash.ts'
import type { TaskInput } from '../core/task.ts'
import { readAllParts, readParts, writeParts } from '../formats/part_file.ts'
import type { Input } from '../inputs/input.ts'
import { mirrorOf } from '../storage/mirror.ts'
import { isUrl } from '../storage/url.ts'
import { asideOf, syncFolder } from './ledger.ts'
import type { InputSummary, Plan } from './plan.ts'
import type { SeamFix } from './seams.ts'

// The first pass works on splits: stretches of files that are read on their own. They are listed in a file beside the plan.

const mebibyte = 2 ** 20
/** Splits follow from the inputs alone: about so many, unless they would be smaller or larger than this (bytes as stored). */
const aboutSplits = 256
const smallestSplit = 16 * mebibyte
const largestSplit = 1024 * mebibyte

/** Bytes in a split of these inputs, where nobody says otherwise. */
export function defaultSplitBytes(inputs: readonly Pick<Input, 'bytes' | 'reads'>[]): number {
  const total = inputs.reduce((sum, { bytes, reads = bytes }) => sum + reads, 0)
  return Math.min(largestSplit, Math.max(smallestSplit, Math.ceil(total / aboutSplits)))
}

/** Cut inputs into splits of about the same size, each file on its own. `inputs` are sorted by path. */
export function cutIntoSplits(inputs: readonly Input[], splitBytes = defaultSplitBytes(inputs)): TaskInput[] {
  const names = namesOf(inputs.map(({ path }) => path))
  return inputs.flatMap(({ path, bytes: size, reads = size, tag, detected }, i) => {
    const canBeCut = detected.kind === 'known' && detected.format.canBeCut(detected.compression)
    const count = canBeCut ? Math.max(1, Math.min(size, Math.ceil(reads / splitBytes))) : 1
    const cut = (k: number): number => Math.floor((size * k) / count)
    const whole = { file: isUrl(path) ? path : resolve(path), path, name: names[i]!, size, ...(tag === undefined ? {} : { tag }) }
    return Array.from({ length: count }, (_, k) => ({ ...whole, start: cut(k), end: cut(k + 1) }))
  })
}

/** A file that is read from start to end. */
export function wholeFile(path: string): TaskInput {
  const { size } = statSync(path)
  return { file: resolve(path), path, name: path, start: 0, end: size, size }
}

/** What inputs are called wherever their folder lies: their paths below the folder that all are in. `paths` are sorted. */
export function namesOf(paths: readonly string[]): string[] {
  const [first = '', last = ''] = [paths[0], paths.at(-1)]
  let same = 0
  while (same < first.length && first[same] === last[same]) same++
  const from = first.slice(0, same).lastIndexOf('/') + 1
  return paths.map((path) => path.slice(from))
}

export function summaryOf(splits: readonly TaskInput[]): InputSummary {
  const files = new Map(splits.map(({ file, size }) => [file, size]))
  return {
    files: files.size,
    bytes: [...files.values()].reduce((a, b) => a + b, 0),
    splits: splits.length,
    hash: sha256(splits.map(({ file, start, end }) => `${file}\0${start}\0${end}`).join('\n')).slice(0, 16),
  }
}

/** The splits of one file stand one behind the other; whether this is the whole of it. */
export const isWhole = ({ start, end, size }: Pick<TaskInput, 'start' | 'end' | 'size'>): boolean => start === 0 && end === size

/** A split, as a message names it. */
export const shownSplit = (split: TaskInput): string =>
  isWhole(split) ? split.path : `${split.path} (bytes ${split.start} to ${split.end})`

const splitFile = (dir: string): string => join(dir, 'splits')

export function writeSplits(dir: string, splits: readonly TaskInput[]): void {
  const aside = asideOf(splitFile(dir))
  writeParts(
    aside,
    splits.map((split) => Buffer.from(JSON.stringify(split))),
  )
  renameSync(aside, splitFile(dir))
  syncFolder(dir)
  mirrorOf(dir)?.push('splits')
}

const parsed = (part: Buffer): TaskInput => JSON.parse(part.toString()) as TaskInput

/** Let tasks begin where their first records really do. */
export function fixSplits(dir: string, plan: Pick<Plan, 'inputs'>, fixes: readonly SeamFix[]): void {
  const splits = readSplits(dir, plan)
  for (const { index, at, carry } of fixes) splits[index] = { ...splits[index]!, begins: { at, carry } }
  writeSplits(dir, splits)
}

/** One split of a run. Throws a DamagedFile where the list is not what was written. */
export const readSplit = (dir: string, { inputs }: Pick<Plan, 'inputs'>, index: number): TaskInput =>
  parsed(readParts(splitFile(dir), inputs.splits, { from: index, to: index + 1 }))

/** The input files of a run, as the user named them. */
export const pathsOf = (dir: string, plan: Pick<Plan, 'inputs'>): string[] => [...new Set(readSplits(dir, plan).map(({ path }) => path))]

/** All splits of a run, in order. */
export const readSplits = (dir: string, { inputs }: Pick<Plan, 'inputs'>): TaskInput[] =>
  readAllParts(splitFile(dir), inputs.splits).map(parsed)
