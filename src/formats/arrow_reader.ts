import { type FileHandle, open } from 'node:fs/promises'
import type { DataType, Decimal, RecordBatch, Timestamp, Vector } from 'apache-arrow'
import { decompress } from 'fzstd'
import { systemCode } from '../core/errors.ts'
import { isoTime, type Row } from './parquet_reader.ts'

/** Rows of one record batch, and how much of the file it took, in bytes. */
export interface ArrowBatch {
  columns: string[]
  rows: Row[]
  bytes: number
}

/**
 * The record batches of an Arrow IPC file or stream, which is what Hugging Face's datasets saves; values as `openParquet` gives them. Throws a plain
 * Error for a file that is none, or where it cannot be decoded any further.
 */
export async function* readArrow(path: string): AsyncGenerator<ArrowBatch> {
  const { CompressionType, compressionRegistry, DataType, RecordBatchReader } = await import('apache-arrow')
  compressionRegistry.set(CompressionType.ZSTD, { decode: (bytes) => decompress(bytes).slice() })
  /** How values of a type become those of a Parquet file; undefined where they are those. */
  const converterOf = (type: DataType): ((column: Vector, i: number) => unknown) | undefined => {
    if (DataType.isTimestamp(type)) return timeOf
    if (DataType.isDate(type))
      return (column, i) => new Date(column.get(i) as number).toISOString().slice(0, type.unit === 0 ? 10 : undefined)
    if (DataType.isDecimal(type)) return decimalOf
    return undefined
  }
  const file = await open(path)
  try {
    const whole = await endsWell(file)
    const reader = await (await RecordBatchReader.from(file)).open()
    let batches = 0
    for await (const batch of reader) {
      batches++
      yield { columns: namesOf(batch), rows: rowsOf(batch, converterOf), bytes: batch.data.byteLength }
    }
    if (!whole || (reader.isFile() && batches < reader.numRecordBatches)) throw new Error('it ends before its end mark')
  } catch (error) {
    const { message } = error as Error
    if (/codec not found/.test(message))
      throw new Error('its buffers are compressed with LZ4, which cannot be read; without compression, with zstd, or as Parquet it can', {
        cause: error,
      })
    if (systemCode(error)) throw error
    throw new Error(`damaged, or no Arrow file: ${message}`, { cause: error })
  } finally {
    await file.close()
  }
}

/** Whether the mark is there that ends a file or a stream: without it, batches may be missing that nothing else tells of. */
async function endsWell(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat()
  const { buffer: ends } = await file.read(Buffer.alloc(16), 0, 8, 0)
  await file.read(ends, 8, 8, Math.max(0, size - 8))
  if (ends.toString('latin1', 0, 6) === 'ARROW1') return ends.toString('latin1', 10) === 'ARROW1'
  return ends.readUInt32LE(8) === 0xffffffff && ends.readUInt32LE(12) === 0
}

const namesOf = ({ schema }: RecordBatch): string[] => schema.fields.map(({ name }) => name)

function rowsOf(batch: RecordBatch, converterOf: (type: DataType) => ((column: Vector, i: number) => unknown) | undefined): Row[] {
  const rows = Array.from({ length: batch.numRows }, (): Row => ({}))
  for (const [k, { name, type }] of batch.schema.fields.entries()) {
    const column = batch.getChildAt(k)!
    const convert = converterOf(type) ?? ((values: Vector, i: number) => plain(values.get(i)))
    for (let i = 0; i < rows.length; i++) rows[i]![name] = column.isValid(i) ? convert(column, i) : null
  }
  return rows
}

/** Lists, structs and maps as arrays and objects. */
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

function decimalOf(column: Vector, i: number): number {
  const words = column.get(i) as Uint32Array
  const value = words.reduceRight((sum, word) => (sum << 32n) | BigInt(word), 0n)
  return Number(BigInt.asIntN(32 * words.length, value)) / 10 ** (column.type as Decimal).scale
}
