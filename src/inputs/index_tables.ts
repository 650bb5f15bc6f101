import { renameSync } from 'node:fs'
import { join } from 'node:path'
import { UserError } from '../core/errors.ts'
import { sha256 } from '../core/hash.ts'
import type { ByteSource } from '../formats/byte_source.ts'
import { detectCompression } from '../formats/detect_format.ts'
import { FileWriter } from '../formats/file_writer.ts'
import type { Compression } from '../formats/input_format.ts'
import type { IndexedRecord } from '../formats/inputs/crawl_index.ts'
import { readLines } from '../formats/jsonl.ts'
import { openParquet } from '../formats/parquet_reader.ts'
import { lot } from './draw.ts'
import type { Take } from './input.ts'
import { below } from './lists.ts'

// Tables that say where records of WARC files are: Common Crawl's columnar index (Parquet), the answers of its server (JSON Lines), CDXJ, or CSV.

/** The columns, as Common Crawl's columnar index calls them, and as its server does. */
const columnSets = [
  ['warc_filename', 'warc_record_offset', 'warc_record_length'],
  ['filename', 'offset', 'length'],
] as const
type Columns = (typeof columnSets)[number]

const columnsAmong = (names: readonly string[]): Columns | undefined => columnSets.find((set) => set.every((name) => names.includes(name)))

/** The rows of a table of records; undefined where a file is none. */
export async function indexRows(source: ByteSource): Promise<AsyncGenerator<Record<string, unknown>> | undefined> {
  if (source.at(0, 4).toString('latin1', 0, 4) === 'PAR1') return await parquetRows(source)
  const compression = detectCompression(source)
  for await (const line of readLines(source, compression, 1 << 20)) {
    if (line.kind === 'damage') return undefined
    const text = line.bytes
      .toString('utf8')
      .replace(/^\ufeff/, '')
      .trim()
    if (text === '') continue
    const json = jsonIn(text)
    const names = json === undefined ? cellsOf(text) : Object.keys(parsed(source.path, json))
    if (!columnsAmong(names)) {
      if (json !== undefined || columnSets[0].some((name) => names.includes(name))) throw hasNoColumns(source)
      return undefined
    }
    return json === undefined ? csvRows(source, compression, names) : jsonRows(source, compression)
  }
  return undefined
}

const hasNoColumns = ({ path }: ByteSource): UserError =>
  new UserError(`-i @${path}: has no columns ${columnSets[0].join(', ')}`, 'a list is one name a line, or a table of records')

async function parquetRows(source: ByteSource): Promise<AsyncGenerator<Record<string, unknown>> | undefined> {
  const file = await openParquet(source)
  const columns = columnsAmong(file.columns)
  if (!columns) throw hasNoColumns(source)
  return (async function* () {
    for await (const rows of file.batches([...columns])) yield* rows
  })()
}

async function* jsonRows(source: ByteSource, compression: Compression): AsyncGenerator<Record<string, unknown>> {
  for await (const text of textLines(source, compression)) yield parsed(source.path, jsonIn(text) ?? text)
}

async function* csvRows(source: ByteSource, compression: Compression, names: readonly string[]): AsyncGenerator<Record<string, unknown>> {
  let isHeader = true
  for await (const text of textLines(source, compression)) {
    const cells = cellsOf(text)
    if (!isHeader) yield Object.fromEntries(names.map((name, i) => [name, cells[i]]))
    isHeader = false
  }
}

async function* textLines(source: ByteSource, compression: Compression): AsyncGenerator<string> {
  for await (const line of readLines(source, compression, 1 << 20)) {
    if (line.kind === 'damage') throw new UserError(`-i @${source.path}: damaged at byte ${line.start}: ${line.message}`)
    const text = line.bytes
      .toString('utf8')
      .replace(/^\ufeff/, '')
      .trim()
    if (text !== '') yield text
  }
}

/** The object of a line of JSON Lines, or of CDXJ: a key, a time and an object. */
const jsonIn = (line: string): string | undefined => /^(?:\S+ \d{14} )?(\{.*)$/s.exec(line)?.[1]

function parsed(path: string, text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch (error) {
    throw new UserError(`-i @${path}: ${(error as Error).message}`)
  }
}

/** The cells of a line of CSV (RFC 4180); quoted line breaks do not occur in what an index holds. */
function cellsOf(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain = '']) =>
    quoted === undefined ? plain : quoted.replaceAll('""', '"'),
  )
}

/**
 * Write the records of tables to an index that can be read as an input, in the order of files and offsets, each once. With `take`, draw some by
 * hash. Returns its path and how many bytes its records have.
 */
export async function writeIndex(
  rows: AsyncIterable<Record<string, unknown>>,
  { base, take, seed, folder, from }: { base: string | undefined; take: Take | undefined; seed: number; folder: string; from: string },
): Promise<{ path: string; reads: number }> {
  const drawn = new DrawnRecords(take)
  let columns: Columns | undefined
  let n = 0
  for await (const row of rows) {
    n++
    columns ??= columnsAmong(Object.keys(row))!
    const [file, offset, length] = columns.map((name) => row[name])
    const record = { file: String(file ?? ''), offset: countIn(offset), length: countIn(length) }
    if (record.file === '' || Number.isNaN(record.offset) || !(record.length > 0))
      throw new UserError(`-i @${from}: row ${n} names no record (${columns.join(', ')}: ${[file, offset, length].join(', ')})`)
    drawn.offer(record, lot(seed, `${record.file} ${record.offset}`))
  }
  const records = drawn.all()
  if (records.length === 0)
    throw n === 0
      ? new UserError(`-i @${from}: lists no records`)
      : new UserError(`-i @${from}: --take draws none of its ${n} records`, 'take a larger share, or a number of records')
  const lines = records.map(({ file, offset, length }): string => {
    const line: IndexedRecord = { warc_filename: below(base, file), warc_record_offset: offset, warc_record_length: length }
    return `${JSON.stringify(line)}\n`
  })
  // Named by what it says, so that another draw is another input.
  const path = join(folder, `records-${sha256(lines.join('')).slice(0, 12)}.jsonl`)
  const writer = new FileWriter(`${path}.part`, 1 << 20)
  for (const line of lines) writer.writeText(line)
  writer.close()
  renameSync(`${path}.part`, path)
  return { path, reads: records.reduce((sum, { length }) => sum + length, 0) }
}

/** A whole number of bytes, which tables may hold as text; NaN for anything else. */
function countIn(cell: unknown): number {
  const isNumber = typeof cell === 'number' || typeof cell === 'bigint' || (typeof cell === 'string' && /^\s*\d+\s*$/.test(cell))
  const value = isNumber ? Number(cell) : Number.NaN
  return Number.isSafeInteger(value) && value >= 0 ? value : Number.NaN
}

interface RecordPlace {
  file: string
  offset: number
  length: number
}

/** Records with the smallest lots; all of them where nothing is to be drawn. */
class DrawnRecords {
  #kept: { place: RecordPlace; lot: number }[] = []

  constructor(private readonly take: Take | undefined) {}

  offer(place: RecordPlace, lot: number): void {
    const { take } = this
    if (take && 'share' in take && lot >= take.share) return
    this.#kept.push({ place, lot })
    if (take && 'count' in take && this.#kept.length > 2 * take.count + 10_000) this.#shrink(take.count)
  }

  all(): RecordPlace[] {
    if (this.take && 'count' in this.take) this.#shrink(this.take.count)
    return once(this.#kept.map(({ place }) => place).sort(byPlace), isSamePlace)
  }

  #shrink(count: number): void {
    this.#kept.sort((a, b) => a.lot - b.lot || byPlace(a.place, b.place))
    // One that is listed twice is drawn once.
    this.#kept = once(this.#kept, (a, b) => isSamePlace(a.place, b.place)).slice(0, count)
  }
}

const byPlace = (a: RecordPlace, b: RecordPlace): number => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.offset - b.offset)
const isSamePlace = (a: RecordPlace, b: RecordPlace): boolean => a.file === b.file && a.offset === b.offset

/** The first of each group of equal neighbours. */
const once = <T>(sorted: readonly T[], isSame: (a: T, b: T) => boolean): T[] =>
  sorted.filter((each, i) => i === 0 || !isSame(each, sorted[i - 1]!))
