import { isUtf8 } from 'node:buffer'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import {
  type AsyncBuffer,
  type Compressors,
  type FileMetaData,
  parquetMetadataAsync,
  parquetRead,
  parquetReadObjects,
  parquetSchema,
  type RowGroup,
  type SchemaElement,
} from 'hyparquet'
import { compressors as portable } from 'hyparquet-compressors'
import { systemCode } from '../core/errors.ts'
import { ByteSource } from './byte_source.ts'
import { isoDate, isoTime } from './exact_values.ts'
import { readNumbers } from './parquet_numbers.ts'
import { allPages, type ParquetPage } from './parquet_pages.ts'
import { checked, checkRuns, levelsOf, type PageChecks } from './parquet_runs.ts'
import { exactTypes } from './parquet_types.ts'
import { loadZstd } from './zstd.ts'

export type Row = Record<string, unknown>

export interface ParquetFile {
  columns: string[]
  /** Of flat columns, the types as Hugging Face's datasets call them. */
  types: Record<string, string>
  rows: number
  /** Rows of each row group. */
  groups: number[]
  /**
   * Rows in order, a batch at a time; memory is bounded however the file's row groups are cut. Rows that cannot be decoded are passed over
   * and told to `onLoss`, between the batches where they lie; without `onLoss` they end the reading with an error.
   */
  batches(columns?: string[], onLoss?: (lost: LostRows) => void, bytes?: ByteRange): AsyncGenerator<Row[]>
  /** The first row of those row groups that begin in a range of the file. */
  firstRowIn(bytes: ByteRange): number
  /** Rows by their numbers, in the order asked for; only the pages that hold them are read. */
  rowsAt(columns: string[], rows: readonly number[]): Promise<Row[]>
  /** Columns of one number a row, chunk by chunk as they are stored, NaN for null: for tables of which much is wanted. */
  numbers(columns: readonly string[], each: (column: string, values: Float64Array, firstRow: number) => void): Promise<void>
  /** The same for columns of one string a row, as bytes. */
  strings(
    columns: string[],
    each: (column: string, values: ArrayLike<Uint8Array | null | undefined>, firstRow: number) => void,
  ): Promise<void>
  /** Key-value metadata of the footer. */
  metadata: Record<string, string>
  close(): void
}

/** Of row groups, those whose first page lies in [start, end) of the file. */
export interface ByteRange {
  start: number
  end: number
}

/** Rows of a file that could not be decoded: from the first, up to and without the last. */
export interface LostRows {
  from: number
  to: number
  message: string
}

/** Row groups up to this many bytes and values are decoded whole; larger ones by slices of rows of about `slice` bytes and no more values. */
interface GroupLimits {
  whole: number
  slice: number
  /** A value takes tens of bytes once decoded, however few it takes in the file. */
  values: number
}
const groupLimits: GroupLimits = { whole: 128 << 20, slice: 32 << 20, values: 2 << 20 }
/** A few bytes can be declared to inflate to gigabytes: row groups whose rows would be larger than this on average are refused. */
const rowBytes = 256 << 20

/** Open a Parquet file, which is closed with it: any codec and encoding that hyparquet knows. Throws a plain Error for a file that is none. */
export async function openParquet(from: string | ByteSource, limits: GroupLimits = groupLimits): Promise<ParquetFile> {
  const zstd = await loadZstd()
  const compressors: Compressors = {
    ...portable,
    GZIP: (bytes) => gunzipSync(bytes),
    BROTLI: (bytes) => brotliDecompressSync(bytes),
    ZSTD: (bytes, length) => zstd.decompress(bytes, length),
  }
  const source = typeof from === 'string' ? new ByteSource(from) : from
  // Pages are looked through before they are decoded.
  source.keepAll()
  try {
    const file = bufferOf(source)
    // A search for geometries, which a damaged schema sends round for ever, is left out.
    const metadata = await parquetMetadataAsync(file, { geoparquet: false })
    const rows = metadata.row_groups.reduce((sum, { num_rows }) => sum + num_rows, 0n)
    if (rows !== metadata.num_rows) throw new Error(`row groups hold ${rows} rows, the file says ${metadata.num_rows}`)
    const exact = exactTypes(metadata)
    return {
      columns: parquetSchema(metadata).children.map(({ element }) => element.name),
      types: typesOf(metadata),
      rows: Number(metadata.num_rows),
      groups: metadata.row_groups.map(({ num_rows }) => Number(num_rows)),
      metadata: Object.fromEntries((metadata.key_value_metadata ?? []).map(({ key, value }) => [key, value ?? ''])),
      batches: (columns, onLoss, bytes) => batches({ file, ...exact, compressors, limits, columns, onLoss }, bytes),
      firstRowIn: (bytes) => firstRowIn(metadata.row_groups, bytes),
      rowsAt: (columns, wanted) => rowsAt({ file, ...exact, compressors, limits, columns, onLoss: undefined }, wanted),
      numbers: (columns, each) => numbers({ file, metadata, compressors }, columns, each),
      strings: (columns, each) =>
        parquetRead({
          file,
          metadata,
          compressors,
          utf8: false,
          parsers: asBytes,
          columns,
          onChunk: ({ columnName, columnData, rowStart }) => each(columnName, columnData as ArrayLike<Uint8Array | null>, rowStart),
        }),
      close: () => source.close(),
    }
  } catch (error) {
    source.close()
    throw damaged(error)
  }
}

function typesOf(metadata: FileMetaData): Record<string, string> {
  const flat = parquetSchema(metadata).children.filter(({ element, children }) => isFlat(element, children))
  return Object.fromEntries(flat.map(({ element }) => [element.name, typeOf(element)]))
}

const plainTypes: Record<string, string> = { BOOLEAN: 'bool', INT32: 'int32', INT64: 'int64', FLOAT: 'float32', DOUBLE: 'float64' }

function typeOf({ type, converted_type, logical_type }: SchemaElement): string {
  const isText = converted_type === 'UTF8' || converted_type === 'JSON' || logical_type?.type === 'STRING' || logical_type?.type === 'JSON'
  return isText ? 'string' : (plainTypes[type ?? ''] ?? 'binary')
}

/** Bytes that make no sense end in whatever error the decoder runs into; say what that means. Errors of the disk stay as they are. */
function damaged(error: unknown): unknown {
  if (systemCode(error)) return error
  return new Error(`damaged, or no Parquet file: ${(error as Error).message}`, { cause: error })
}

interface Reading {
  file: FileBuffer
  metadata: FileMetaData
  /** Of values that are read as they are stored, by column. */
  meanings: Map<string, (stored: unknown) => unknown>
  compressors: Compressors
  limits: GroupLimits
  columns: string[] | undefined
  onLoss: ((lost: LostRows) => void) | undefined
}

async function rowsAt(reading: Reading, wanted: readonly number[]): Promise<Row[]> {
  const found = new Map<number, Row>()
  const ordered = [...new Set(wanted)].sort((a, b) => a - b)
  let start = 0
  for (const [index, group] of reading.metadata.row_groups.entries()) {
    const end = start + Number(group.num_rows)
    const here = ordered.filter((row) => row >= start && row < end)
    if (here.length > 0) {
      const { located, compressors } = findPages(reading, group)
      for (const row of here) found.set(row, (await readRows({ ...reading, compressors }, index, row, row + 1, located))[0]!)
    }
    start = end
  }
  return wanted.map((row) => {
    const values = found.get(row)
    if (!values) throw new Error(`no row ${row}`)
    return values
  })
}

async function numbers(
  { file, metadata, compressors }: Pick<Reading, 'file' | 'metadata' | 'compressors'>,
  columns: readonly string[],
  each: (column: string, values: Float64Array, firstRow: number) => void,
): Promise<void> {
  const read = (start: number, end: number): Uint8Array => new Uint8Array(file.slice(start, end))
  const decompress = (bytes: Uint8Array, length: number): Uint8Array => compressors.ZSTD!(bytes, length)
  let firstRow = 0
  for (const group of metadata.row_groups) {
    const general: string[] = []
    for (const name of columns) {
      const meta = group.columns.find(({ meta_data }) => meta_data?.path_in_schema[0] === name)?.meta_data
      if (!meta) throw new Error(`no column "${name}"`)
      if (!readNumbers({ meta, read, decompress }, (values, before) => each(name, values, firstRow + before))) general.push(name)
    }
    const rowEnd = firstRow + Number(group.num_rows)
    if (general.length > 0) {
      const onChunk = ({
        columnName,
        columnData,
        rowStart,
      }: {
        columnName: string
        columnData: ArrayLike<unknown>
        rowStart: number
      }): void => each(columnName, Float64Array.from(columnData, toNumber), rowStart)
      await parquetRead({ file, metadata, compressors, columns: general, rowStart: firstRow, rowEnd, onChunk })
    }
    firstRow = rowEnd
  }
}

const toNumber = (value: unknown): number => (value === null || value === undefined ? Number.NaN : Number(value))

/** Where the first page of a row group lies. */
function startOf({ columns }: RowGroup): number {
  const starts = columns.flatMap(({ meta_data }) =>
    meta_data ? [Number(meta_data.dictionary_page_offset || meta_data.data_page_offset), Number(meta_data.data_page_offset)] : [],
  )
  return Math.min(...starts)
}

const isIn = (group: RowGroup, { start, end }: ByteRange): boolean => startOf(group) >= start && startOf(group) < end

function firstRowIn(groups: readonly RowGroup[], bytes: ByteRange): number {
  let row = 0
  for (const group of groups) {
    if (isIn(group, bytes)) break
    row += Number(group.num_rows)
  }
  return row
}

async function* batches(reading: Reading, range?: ByteRange): AsyncGenerator<Row[]> {
  const { metadata, limits } = reading
  let start = 0
  for (const [index, group] of metadata.row_groups.entries()) {
    const end = start + Number(group.num_rows)
    if (end === start || (range && !isIn(group, range))) {
      start = end
      continue
    }
    const bytes = Number(group.total_byte_size)
    const bySize = bytes <= limits.whole ? end - start : Math.floor(((end - start) * limits.slice) / bytes)
    const step = Math.max(1, Math.min(bySize, Math.floor(limits.values / group.columns.length)))
    let pages: ColumnPages | undefined
    try {
      pages = findPages(reading, group)
    } catch (error) {
      lose(reading, start, end, error)
    }
    for (let from = start; pages && from < end; from += step)
      yield* readSlice({ ...reading, compressors: pages.compressors }, index, from, Math.min(end, from + step), pages, step >= end - start)
    start = end
  }
}

/** Rows that cannot be decoded are lost page by page where pages can be read on their own, else with all rows of the slice. */
async function* readSlice(
  reading: Reading,
  group: number,
  from: number,
  to: number,
  pages: ColumnPages,
  isWhole: boolean,
): AsyncGenerator<Row[]> {
  let rows: Row[] | undefined
  try {
    rows = await readRows(reading, group, from, to, isWhole ? undefined : pages.located)
  } catch (error) {
    const cuts = pages.allLocated ? cutsWithin(reading, group, pages, from, to) : []
    if (cuts.length === 0) return lose(reading, from, to, error)
    let lost: { from: number; to: number; error: unknown } | undefined
    for (const [i, at] of [from, ...cuts].entries()) {
      const next = cuts[i] ?? to
      const piece = await readRows(reading, group, at, next, pages.located).catch((cause: unknown) => {
        lost = lost ? { ...lost, to: next } : { from: at, to: next, error: cause }
        return undefined
      })
      if (!piece) continue
      if (lost) lose(reading, lost.from, lost.to, lost.error)
      lost = undefined
      yield piece
    }
    if (lost) lose(reading, lost.from, lost.to, lost.error)
    return
  }
  yield rows
}

/** Where pages of any column begin between two rows of the file. */
function cutsWithin({ metadata }: Reading, group: number, { located }: ColumnPages, from: number, to: number): number[] {
  const start = metadata.row_groups.slice(0, group).reduce((sum, { num_rows }) => sum + Number(num_rows), 0)
  const starts = Object.values(located).flatMap((pages) => pages.map(({ first_row_index }) => start + Number(first_row_index)))
  return [...new Set(starts)].filter((row) => row > from && row < to).sort((a, b) => a - b)
}

/** Errors of the disk stay errors; damage is one only when nobody wants to hear of it. */
function lose({ onLoss }: Reading, from: number, to: number, error: unknown): void {
  const cause = damaged(error)
  if (!onLoss || cause === error) throw cause
  onLoss({ from, to, message: (error as Error).message })
}

/** A name that assignment does not make a property of. */
const proto = '__proto__'
const anyProperty = { configurable: true, enumerable: true, writable: true }
const isRead = (name: string, columns: string[] | undefined): boolean => !columns || columns.includes(name)

/** Rows of a row group; `pages` are given where it is read by slices. */
async function readRows(
  { file, metadata, meanings, compressors, columns }: Reading,
  group: number,
  rowStart: number,
  rowEnd: number,
  pages?: Record<string, PageLocation[]>,
): Promise<Row[]> {
  // Where pages lie is known from their headers, so that a slice reads its own ones also in files without an offset index.
  const pageLocationsByGroup = metadata.row_groups.map((_, i) => (i === group ? (pages ?? {}) : {}))
  const options = { file, metadata, compressors, utf8: false, parsers: exactTimes, rowStart, rowEnd, pageLocationsByGroup }
  const rows = pages ? await readByColumn(options, columns) : await parquetReadObjects(columns ? { ...options, columns } : options)
  if (!pages && isRead(proto, columns) && parquetSchema(metadata).children.some(({ element }) => element.name === proto)) {
    const own = await readByColumn(options, [proto])
    for (const [i, row] of rows.entries()) Object.defineProperty(row, proto, { ...anyProperty, value: own[i]![proto] })
  }
  if (rows.length !== rowEnd - rowStart) throw new Error(`${rows.length} of ${rowEnd - rowStart} rows`)
  for (const [name, meaning] of meanings) {
    for (const row of rows) if (row[name] !== undefined && row[name] !== null) row[name] = meaning(row[name])
  }
  return rows
}

type SliceOptions = Parameters<typeof parquetRead>[0] & { metadata: FileMetaData; rowStart: number; rowEnd: number }

/** One column after the other: pages may be far larger than the slice, and those of all columns together would fill the memory. */
async function readByColumn(options: SliceOptions, columns: string[] | undefined): Promise<Row[]> {
  const { metadata, rowStart, rowEnd } = options
  const rows = Array.from({ length: rowEnd - rowStart }, (): Row => Object.create(null) as Row)
  for (const { element } of parquetSchema(metadata).children) {
    if (!isRead(element.name, columns)) continue
    let found = 0
    const onChunk = ({ columnData, rowStart: first }: { columnData: ArrayLike<unknown>; rowStart: number }): void => {
      const end = Math.min(rowEnd, first + columnData.length)
      for (let i = Math.max(rowStart, first); i < end; i++, found++) rows[i - rowStart]![element.name] = columnData[i - first]
    }
    await parquetRead({ ...options, columns: [element.name], onChunk })
    if (found !== rows.length) throw new Error(`${found} of ${rows.length} rows`)
  }
  return rows
}

/** The data pages of a row group's columns, by column; only of columns with one value a row, so that values count rows. */
interface ColumnPages {
  located: Record<string, PageLocation[]>
  allLocated: boolean
  /** They check what they decompress. */
  compressors: Compressors
}

/** Walk over all page headers of a row group; throws where they, or the footer, cannot be true. */
function findPages(
  { file, metadata, columns, compressors }: Reading,
  { num_rows, total_byte_size, columns: chunks }: RowGroup,
): ColumnPages {
  const rows = Number(num_rows)
  const size = Number(total_byte_size) / rows
  if (size > rowBytes) throw new Error(`a row takes about ${Math.round(size / 2 ** 20)} MiB, more than can be read`)
  const schema = parquetSchema(metadata)
  const flat = new Set(schema.children.flatMap(({ element, children }) => (isFlat(element, children) ? [element.name] : [])))
  const located: Record<string, PageLocation[]> = {}
  const checks: PageChecks = new Map()
  let allLocated = true
  for (const { meta_data: chunk } of chunks) {
    // The decoder would throw in the middle of columns that it has begun, whose own errors nobody would hear.
    const levels = chunk && levelsOf(schema, chunk.path_in_schema)
    if (chunk && !levels) throw new Error(`a column "${chunk.path_in_schema.join('.')}" that the schema lacks`)
    if (!chunk || !levels || (columns && !columns.includes(chunk.path_in_schema[0]!))) continue
    const start = Number(chunk.dictionary_page_offset || chunk.data_page_offset)
    const end = start + Number(chunk.total_compressed_size)
    if (start < 0 || end > file.byteLength) throw new Error('a column lies outside of the file')
    if (chunk.num_values < 0 || rows < 0) throw new Error('a column has less than no values')
    const read = (from: number, to: number): Uint8Array => new Uint8Array(file.slice(from, to))
    const allOfChunk = allPages(read, { start, end, values: Number(chunk.num_values) })
    const pages = allOfChunk.filter(({ isDictionary }) => !isDictionary)
    checkRuns(allOfChunk, levels, { isCompressed: chunk.codec !== 'UNCOMPRESSED', read, checks })
    const column = chunk.path_in_schema.join('.')
    if (flat.has(column) && pages.length > 0) located[column] = pages.map(locationOf)
    else allLocated = false
  }
  return { located, allLocated, compressors: checked(compressors, checks) }
}

/** Whether each of a column's rows is one value, so that values count rows. */
const isFlat = ({ repetition_type }: SchemaElement, children: unknown[]): boolean => repetition_type !== 'REPEATED' && children.length === 0

/** As the file's own offset index would say it. */
interface PageLocation {
  offset: bigint
  compressed_page_size: number
  first_row_index: bigint
}

const locationOf = ({ start, bytes, before }: ParquetPage): PageLocation => ({
  offset: BigInt(start),
  compressed_page_size: bytes,
  first_row_index: BigInt(before),
})

/** Strings as they are stored; the parser's type promises text, but nobody else sees what it returns. */
const asBytes = { stringFromBytes: (bytes: Uint8Array) => bytes as unknown as string }

/** Times as text, with all the digits that are stored: a JavaScript Date would cut them to milliseconds. */
const exactTimes = {
  timestampFromMilliseconds: (millis: bigint) => isoTime(millis, 1000n, 3),
  timestampFromMicroseconds: (micros: bigint) => isoTime(micros, 1_000_000n, 6),
  timestampFromNanoseconds: (nanos: bigint) => isoTime(nanos, 1_000_000_000n, 9),
  dateFromDays: isoDate,
}

/** The file as hyparquet wants it; every answer is there at once. */
interface FileBuffer extends AsyncBuffer {
  slice(start: number, end?: number): ArrayBuffer
}

function bufferOf(source: ByteSource): FileBuffer {
  const { size: byteLength } = source
  return {
    byteLength,
    slice(start, end = byteLength) {
      const from = start < 0 ? Math.max(0, byteLength + start) : start
      const bytes = new Uint8Array(Math.max(0, Math.min(end, byteLength) - from))
      source.readInto(Buffer.from(bytes.buffer), from)
      return bytes.buffer
    },
  }
}

/** Bytes that are UTF-8 and hold no control characters but white space. */
const isText = (bytes: Buffer): boolean => isUtf8(bytes) && bytes.every((byte) => byte >= 0x20 || (byte >= 0x09 && byte <= 0x0d))

/** A Parquet value as JSON can hold it: 64-bit integers as numbers where exact, else as text; bytes as text where they are text, else base64. */
export function toJson(value: unknown): unknown {
  if (value === undefined || value === null) return null
  if (typeof value === 'bigint') return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : String(value)
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (value instanceof Uint8Array) {
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength)
    return isText(bytes) ? bytes.toString('utf8') : bytes.toString('base64')
  }
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<unknown>, toJson)
  if (Array.isArray(value)) return value.map(toJson)
  if (value instanceof Date) return value.toISOString()
  if (typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([key, v]) => [key, toJson(v)]))
  return value
}
