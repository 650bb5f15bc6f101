import type { Compressors, SchemaTree } from 'hyparquet'
import type { ParquetPage } from './parquet_pages.ts'

// Levels and dictionary indices are runs of equal or bit-packed values. The decoder writes as many as a run says, whatever its page holds: one
// wrong count fills the memory, which no try ends. So the counts are looked at first.

/** What is known of a column's values before its pages are decoded. */
interface ColumnLevels {
  maxDefinition: number
  maxRepetition: number
  isBoolean: boolean
}

/** Encodings by their number in the format. */
const dictionaries = new Set([2, 8])
const rle = 3

/** Values that writers may add at the end of a page, to fill a group. */
const padding = 1024

/** Whether a data page of the first version, decompressed, has no run that is longer than the page. */
const runsFit = (
  page: Uint8Array,
  { values, encoding }: ParquetPage,
  { maxRepetition, maxDefinition, isBoolean }: ColumnLevels,
): boolean => {
  let at = 0
  for (const max of [maxRepetition, maxDefinition]) {
    if (max === 0) continue
    const end = at + 4 + lengthAt(page, at)
    if (!fits(page, at + 4, end, widthOf(max), values, true)) return false
    at = end
  }
  return valuesFit(page, at, { encoding, values, isBoolean })
}

/** The same for one of the second version: its levels as they are stored, and its values, decompressed. */
function levelsFit(levels: Uint8Array, { values, v2 }: ParquetPage, { maxRepetition, maxDefinition }: ColumnLevels): boolean {
  const { repetitionBytes, definitionBytes } = v2!
  const end = repetitionBytes + definitionBytes
  return (
    (maxRepetition === 0 || fits(levels, 0, repetitionBytes, widthOf(maxRepetition), values, true)) &&
    (maxDefinition === 0 || fits(levels, repetitionBytes, end, widthOf(maxDefinition), values, true))
  )
}

function valuesFit(
  bytes: Uint8Array,
  at: number,
  { encoding, values, isBoolean }: { encoding: number; values: number; isBoolean: boolean },
): boolean {
  if (isBoolean) return encoding !== rle || fits(bytes, at + 4, bytes.length, 1, values)
  return !dictionaries.has(encoding) || fits(bytes, at + 1, bytes.length, bytes[at] ?? 0, values)
}

const widthOf = (max: number): number => 32 - Math.clz32(max)

const lengthAt = (bytes: Uint8Array, at: number): number =>
  at + 4 > bytes.length ? 0 : new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, true)

/**
 * Whether no run between two places is longer than what is still to come. Levels must be as many as values, or the decoder goes on in what follows
 * them; that there are too few indices, it says itself.
 */
function fits(bytes: Uint8Array, at: number, end: number, width: number, values: number, areLevels = false): boolean {
  const stop = Math.min(end, bytes.length)
  let seen = 0
  while (seen < values && at < stop) {
    let header = 0
    for (let scale = 1; at < stop; scale *= 128) {
      const byte = bytes[at++]!
      header += (byte & 127) * scale
      if (byte < 128) break
    }
    const isPacked = header % 2 === 1
    const count = isPacked ? (header - 1) * 4 : header / 2
    if (count > values - seen + padding) return false
    at += isPacked ? ((header - 1) / 2) * width : (width + 7) >> 3
    seen += count
  }
  return !areLevels || seen >= values
}

/** Checks of pages by how long they are, stored and decompressed: which of those it is, the decoder does not say. */
export type PageChecks = Map<string, Map<string, (page: Uint8Array) => boolean>>

const wrongRun = 'runs of levels or indices that are longer or shorter than their page'

/** Check the runs of a column's pages: those that lie uncompressed now, the others once they are decompressed. */
export function checkRuns(
  pages: readonly ParquetPage[],
  levels: ColumnLevels,
  { isCompressed, read, checks }: { isCompressed: boolean; read(start: number, end: number): Uint8Array; checks: PageChecks },
): void {
  for (const page of pages) {
    const { v2 } = page
    const dataStart = page.start + page.headerBytes
    const levelBytes = v2 ? v2.repetitionBytes + v2.definitionBytes : 0
    if (v2 && !levelsFit(read(dataStart, dataStart + levelBytes), page, levels)) throw new Error(wrongRun)
    const hasRuns = page.isDictionary
      ? false
      : levels.isBoolean || dictionaries.has(page.encoding) || (!v2 && levels.maxDefinition + levels.maxRepetition > 0)
    const check = (bytes: Uint8Array): boolean =>
      !hasRuns || (v2 ? valuesFit(bytes, 0, { ...page, isBoolean: levels.isBoolean }) : runsFit(bytes, page, levels))
    const end = page.start + page.bytes
    if (isCompressed && v2?.isCompressed !== false) {
      const key = `${end - dataStart - levelBytes} ${page.uncompressedBytes - levelBytes}`
      const its: Map<string, (page: Uint8Array) => boolean> = checks.get(key) ?? new Map()
      // Equal pages are checked once.
      const kind = hasRuns ? JSON.stringify([page.values, page.encoding, v2 === undefined, levels]) : ''
      checks.set(key, its.set(kind, check))
    } else if (hasRuns && !check(read(dataStart + levelBytes, end))) throw new Error(wrongRun)
  }
}

/** Decompress, and check what came of it. */
export const checked = (compressors: Compressors, checks: PageChecks): Compressors =>
  Object.fromEntries(
    Object.entries(compressors).map(([codec, decompress]) => [
      codec,
      (stored: Uint8Array, length: number) => {
        const page = decompress(stored, length)
        const its = checks.get(`${stored.length} ${length}`)
        if (its && !its.has('') && ![...its.values()].some((check) => check(page))) throw new Error(wrongRun)
        return page
      },
    ]),
  )

/** Levels of the column at a path, undefined where the schema lacks it. */
export function levelsOf({ children }: SchemaTree, [name, ...rest]: readonly string[]): ColumnLevels | undefined {
  const child = children.find(({ element }) => element.name === name)
  if (!child) return undefined
  const { type, repetition_type } = child.element
  const inner = rest.length === 0 ? { maxDefinition: 0, maxRepetition: 0, isBoolean: type === 'BOOLEAN' } : levelsOf(child, rest)
  return (
    inner && {
      ...inner,
      maxDefinition: inner.maxDefinition + (repetition_type === 'REQUIRED' ? 0 : 1),
      maxRepetition: inner.maxRepetition + (repetition_type === 'REPEATED' ? 1 : 0),
    }
  )
}
