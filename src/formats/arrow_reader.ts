import type { DataType, Decimal, Field, RecordBatch, Timestamp, Vector } from 'apache-arrow'
import { systemCode } from '../core/errors.ts'
import { arrowMessages, beginsWithSchema, checkOffsets, type OnMessage, wholeFile } from './arrow_messages.ts'
import { type RunColumn, runColumns, runType, runValues } from './arrow_runs.ts'
import type { ByteSource } from './byte_source.ts'
import { decimal, isoDate, isoTime, timeOfDay } from './exact_values.ts'
import { decodeLz4Frame } from './lz4_frame.ts'
import type { Row } from './parquet_reader.ts'
import { decodeZstd } from './zstd_frames.ts'

/** Some rows of a record batch. */
export interface ArrowBatch {
  columns: string[]
  rows: Row[]
  /** How far into the file the batch reaches, in bytes. */
  end: number
}

/** Rows made of a batch at a time, so that memory does not follow the batches of a file. */
const sliceRows = 1024

type Converter = (column: Vector, i: number) => unknown

/**
 * The record batches of an Arrow IPC file or stream, which is what Hugging Face's datasets saves, cut into slices; values as `openParquet` gives
 * them. Throws a plain Error for a file that is none, or where it cannot be decoded any further.
 */
export async function* readArrow(source: ByteSource): AsyncGenerator<ArrowBatch> {
  const arrow = await import('apache-arrow')
  const { CompressionType, compressionRegistry, DataType, RecordBatchReader } = arrow
  compressionRegistry.set(CompressionType.ZSTD, { decode: (bytes) => new Uint8Array(Buffer.concat([...decodeZstd(bytes)])) })
  compressionRegistry.set(CompressionType.LZ4_FRAME, { decode: decodeLz4Frame })
  /** How values of a type become those of a Parquet file; undefined where they are those. */
  const converterOf = (type: DataType): Converter => {
    if (DataType.isTimestamp(type)) return timeOf
    if (DataType.isDate(type)) return (column, i) => isoDate(Math.floor((column.get(i) as number) / 86_400_000))
    if (DataType.isDecimal(type)) return decimalOf
    if (DataType.isTime(type))
      return (column, i) => timeOfDay(BigInt(column.get(i) as number | bigint), perSecond[type.unit]!, 3 * type.unit)
    if (DataType.isStruct(type)) return structOf(type, converterOf)
    if (DataType.isMap(type)) return mapOf(type, converterOf)
    if (DataType.isList(type) || DataType.isFixedSizeList(type)) return listOf(converterOf(type.children[0]!.type))
    return (column, i) => plain(column.get(i))
  }
  let end = 0
  let damage: Error | undefined
  let runs = new Map<number, RunColumn>()
  const on: OnMessage = {
    onMessage: (at) => {
      end = at
    },
    onEnd: (error) => {
      damage = error
    },
    onRuns: (schema) => {
      runs = runColumns(schema)
    },
  }
  try {
    const input = beginsWithSchema(source, arrow) ? arrowMessages(source, arrow, on) : wholeFile(source, arrow)
    const reader = RecordBatchReader.from(input as Iterable<Uint8Array>).open()
    for (const batch of reader) {
      const columns = namesOf(batch)
      for (const column of batch.data.children) checkOffsets(column)
      for (let from = 0; from < batch.numRows || from === 0; from += sliceRows)
        yield { columns, rows: rowsOf(batch, runs, converterOf, from, Math.min(batch.numRows, from + sliceRows)), end }
    }
    if (damage) throw damage
  } catch (error) {
    const { message } = error as Error
    if (systemCode(error)) throw error
    throw new Error(`damaged, or no Arrow file: ${message}`, { cause: error })
  }
}

const namesOf = ({ schema }: RecordBatch): string[] => schema.fields.map(({ name }) => name)

function rowsOf(
  batch: RecordBatch,
  runs: ReadonlyMap<number, RunColumn>,
  converterOf: (type: DataType) => Converter,
  from: number,
  to: number,
): Row[] {
  // Without a prototype, so that a column may be called __proto__.
  const rows = Array.from({ length: to - from }, (): Row => Object.create(null) as Row)
  for (const [k, { name, type }] of batch.schema.fields.entries()) {
    const kind = runs.get(k)
    if (kind === 'unreadable') continue
    const column = batch.getChildAt(k)!
    const convert = converterOf(kind === 'runs' ? runType(column) : type)
    const read = kind === 'runs' ? runValues(column, convert) : (i: number) => valueAt(column, i, convert)
    for (let i = from; i < to; i++) rows[i - from]![name] = read(i)
  }
  return rows
}

const valueAt = (column: Vector, i: number, convert: Converter): unknown => (column.isValid(i) ? convert(column, i) : null)

const listOf =
  (convert: Converter): Converter =>
  (column, i) => {
    const items = column.get(i) as Vector
    return Array.from({ length: items.length }, (_, k) => valueAt(items, k, convert))
  }

function structOf({ children }: DataType, converterOf: (type: DataType) => Converter): Converter {
  const fields = children.map(({ name, type }, k) => ({ name, k, convert: converterOf(type) }))
  return (column, i) => Object.fromEntries(fields.map(({ name, k, convert }) => [name, valueAt(column.getChildAt(k)!, i, convert)]))
}

/** A map is stored as a list of structs of a key and a value. */
function mapOf({ children }: DataType, converterOf: (type: DataType) => Converter): Converter {
  const [key, value] = children[0]!.type.children as [Field, Field]
  const [readKey, readValue] = [converterOf(key.type), converterOf(value.type)]
  return (column, i) => {
    const [from, to] = (column.data[0]!.valueOffsets as Int32Array).subarray(i, i + 2)
    const entries = column.getChildAt(0)!
    const [keys, values] = [entries.getChildAt(0)!, entries.getChildAt(1)!]
    const pairs: [string, unknown][] = []
    for (let k = from!; k < to!; k++) pairs.push([String(valueAt(keys, k, readKey)), valueAt(values, k, readValue)])
    return Object.fromEntries(pairs)
  }
}

/** What is left: lists, structs and maps of other kinds as arrays and objects. */
function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array || value instanceof Date) return value
  if (Array.isArray(value)) return value.map(plain)
  const { toJSON } = value as { toJSON?(): unknown }
  if (toJSON) return plain(toJSON.call(value))
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, plain(part)]))
}

const perSecond = [1n, 1000n, 1_000_000n, 1_000_000_000n]

/** With all the digits that are stored. */
function timeOf(column: Vector, i: number): string {
  const { unit } = column.type as Timestamp
  return isoTime((column.data[0]!.values as BigInt64Array)[i]!, perSecond[unit]!, 3 * unit)
}

/** As a number where that is exact, else as text with all its digits. */
function decimalOf(column: Vector, i: number): number | string {
  const words = column.get(i) as Uint32Array
  const value = words.reduceRight((sum, word) => (sum << 32n) | BigInt(word), 0n)
  return decimal(BigInt.asIntN(32 * words.length, value), (column.type as Decimal).scale)
}
