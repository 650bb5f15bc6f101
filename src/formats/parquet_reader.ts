import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import {
  type AsyncBuffer,
  type Compressors,
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
  type SchemaElement,
} from 'hyparquet'
import { compressors as portable } from 'hyparquet-compressors'
import { type Page, readPages } from './parquet_pages.ts'
import { loadZstd } from './zstd.ts'

export type Row = Record<string, unknown>

export interface ParquetFile {
  columns: string[]
  rows: number
  /** Rows in order, a batch at a time; memory is bounded however the file's row groups are cut. */
  batches(columns?: string[]): AsyncGenerator<Row[]>
  /** Key-value metadata of the footer. */
  metadata: Record<string, string>
  close(): void
}

/** Row groups up to this size are decoded whole; larger ones by slices of rows of about `slice` bytes. */
interface GroupLimits {
  whole: number
  slice: number
}
const groupLimits: GroupLimits = { whole: 128 << 20, slice: 32 << 20 }
/** A few bytes can be declared to inflate to gigabytes: row groups whose rows would be larger than this on average are refused. */
const rowBytes = 256 << 20

/** Open a Parquet file: any codec and encoding that hyparquet knows. Throws a plain Error for a file that is none. */
export async function openParquet(path: string, limits: GroupLimits = groupLimits): Promise<ParquetFile> {
  const zstd = await loadZstd()
  const compressors: Compressors = {
    ...portable,
    GZIP: (bytes) => gunzipSync(bytes),
    BROTLI: (bytes) => brotliDecompressSync(bytes),
    ZSTD: (bytes, length) => zstd.decompress(bytes, length),
  }
  const fd = openSync(path, 'r')
  try {
    const file = bufferOf(fd)
    const metadata = await parquetMetadataAsync(file)
    return {
      columns: parquetSchema(metadata).children.map(({ element }) => element.name),
      rows: Number(metadata.num_rows),
      metadata: Object.fromEntries((metadata.key_value_metadata ?? []).map(({ key, value }) => [key, value ?? ''])),
      batches: (columns) => soundly(batches(file, metadata, compressors, limits, columns)),
      close: () => closeSync(fd),
    }
  } catch (error) {
    closeSync(fd)
    throw damaged(error)
  }
}

/** Bytes that make no sense end in whatever error the decoder runs into; say what that means. Errors of the disk stay as they are. */
function damaged(error: unknown): unknown {
  const { message, code } = error as NodeJS.ErrnoException
  if (code && /^E[A-Z]+$/.test(code)) return error
  return new Error(`damaged, or no Parquet file: ${message}`, { cause: error })
}

async function* soundly(rows: AsyncGenerator<Row[]>): AsyncGenerator<Row[]> {
  try {
    yield* rows
  } catch (error) {
    throw damaged(error)
  }
}

async function* batches(
  file: FileBuffer,
  metadata: FileMetaData,
  compressors: Compressors,
  limits: GroupLimits,
  columns?: string[],
): AsyncGenerator<Row[]> {
  const options = { file, metadata, compressors, utf8: false, parsers: exactTimes, ...(columns ? { columns } : {}) }
  const flat = new Set(
    parquetSchema(metadata).children.flatMap(({ element, children }) => (isFlat(element, children) ? [element.name] : [])),
  )
  let groupStart = 0
  for (const [index, group] of metadata.row_groups.entries()) {
    const rows = Number(group.num_rows)
    const bytes = Number(group.total_byte_size)
    if (bytes / rows > rowBytes) throw new Error(`a row takes about ${Math.round(bytes / rows / 2 ** 20)} MiB, more than can be read`)
    const wanted = columns && new Set(columns)
    const pages: Record<string, PageLocation[]> = {}
    for (const { meta_data: chunk } of group.columns) {
      if (!chunk || (wanted && !wanted.has(chunk.path_in_schema[0]!))) continue
      const start = Number(chunk.dictionary_page_offset || chunk.data_page_offset)
      const end = start + Number(chunk.total_compressed_size)
      if (start < 0 || end > file.byteLength) throw new Error('a column lies outside of the file')
      if (chunk.num_values < 0 || rows < 0) throw new Error('a column has less than no values')
      const found = readPages((from, to) => new Uint8Array(file.slice(from, to)), { start, end, values: Number(chunk.num_values) })
      const column = chunk.path_in_schema.join('.')
      if (flat.has(column) && found.length > 0) pages[column] = found.map(locationOf)
    }
    const step = bytes <= limits.whole ? rows : Math.max(1, Math.floor((rows * limits.slice) / bytes))
    for (let at = 0; at < rows; at += step) {
      const rowStart = groupStart + at
      const rowEnd = groupStart + Math.min(rows, at + step)
      // Where pages lie is known from their headers, so that a slice reads its own ones also in files without an offset index.
      const pageLocationsByGroup = metadata.row_groups.map((_, i) => (i === index && step < rows ? pages : {}))
      yield (await parquetReadObjects({ ...options, rowStart, rowEnd, pageLocationsByGroup } as typeof options)) as Row[]
    }
    groupStart += rows
  }
}

/** Whether each of a column's rows is one value, so that values count rows. */
const isFlat = ({ repetition_type }: SchemaElement, children: unknown[]): boolean => repetition_type !== 'REPEATED' && children.length === 0

/** As the file's own offset index would say it. */
interface PageLocation {
  offset: bigint
  compressed_page_size: number
  first_row_index: bigint
}

const locationOf = ({ start, bytes, before }: Page): PageLocation => ({
  offset: BigInt(start),
  compressed_page_size: bytes,
  first_row_index: BigInt(before),
})

/** Times as text, with all the digits that are stored: a JavaScript Date would cut them to milliseconds. */
const exactTimes = {
  timestampFromMilliseconds: (millis: bigint) => isoTime(millis, 1000n, 3),
  timestampFromMicroseconds: (micros: bigint) => isoTime(micros, 1_000_000n, 6),
  timestampFromNanoseconds: (nanos: bigint) => isoTime(nanos, 1_000_000_000n, 9),
  dateFromDays: (days: number) => new Date(days * 86_400_000).toISOString().slice(0, 10),
}

function isoTime(value: bigint, perSecond: bigint, digits: number): string {
  const fraction = ((value % perSecond) + perSecond) % perSecond
  const seconds = Number((value - fraction) / perSecond)
  const date = new Date(seconds * 1000)
  if (Number.isNaN(date.getTime())) return String(value)
  const decimals = String(fraction).padStart(digits, '0').replace(/0+$/, '')
  return `${date.toISOString().slice(0, -5)}${decimals ? `.${decimals}` : ''}Z`
}

/** The file as hyparquet wants it; every answer is there at once. */
interface FileBuffer extends AsyncBuffer {
  slice(start: number, end?: number): ArrayBuffer
}

function bufferOf(fd: number): FileBuffer {
  const byteLength = fstatSync(fd).size
  return {
    byteLength,
    slice(start, end = byteLength) {
      const from = start < 0 ? Math.max(0, byteLength + start) : start
      const bytes = new Uint8Array(Math.max(0, Math.min(end, byteLength) - from))
      for (let done = 0; done < bytes.length; ) {
        const n = readSync(fd, bytes, done, bytes.length - done, from + done)
        if (n === 0) throw new Error('the file became shorter while it was read')
        done += n
      }
      return bytes.buffer
    },
  }
}

/** A Parquet value as JSON can hold it: 64-bit integers as numbers where exact, else as text; bytes as text where they are UTF-8, else base64. */
export function toJson(value: unknown): unknown {
  if (value === undefined || value === null) return null
  if (typeof value === 'bigint') return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : String(value)
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (value instanceof Uint8Array) {
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength)
    const text = bytes.toString('utf8')
    return Buffer.from(text).equals(bytes) ? text : bytes.toString('base64')
  }
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<unknown>, toJson)
  if (Array.isArray(value)) return value.map(toJson)
  if (value instanceof Date) return value.toISOString()
  if (typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([key, v]) => [key, toJson(v)]))
  return value
}
