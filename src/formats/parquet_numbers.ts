import type { ColumnMetaData } from 'hyparquet'
import { allPages, type ParquetPage } from './parquet_pages.ts'

export interface NumberChunk {
  meta: ColumnMetaData
  read(start: number, end: number): Uint8Array
  decompress(bytes: Uint8Array, length: number): Uint8Array
}

/**
 * A column chunk of numbers, one a row, page by page as doubles, NaN for null: several times as fast as a general reader, which makes lists of
 * nullable values. False, before any page, for a chunk that is not laid out as `createParquet` lays them out.
 */
export function readNumbers(chunk: NumberChunk, each: (values: Float64Array, before: number) => void): boolean {
  const { meta } = chunk
  const decode = decoders[meta.type]
  if (!decode || meta.codec !== 'ZSTD' || meta.path_in_schema.length !== 1) return false
  const start = Number(meta.dictionary_page_offset || meta.data_page_offset)
  const pages = allPages(chunk.read, { start, end: start + Number(meta.total_compressed_size), values: Number(meta.num_values) })
  const isKnown = ({ isDictionary, encoding, v2 }: ParquetPage): boolean =>
    isDictionary || (v2?.isCompressed === true && v2.repetitionBytes === 0 && (encoding === plain || isIndices(encoding)))
  if (!pages.every(isKnown)) return false
  let dictionary: Float64Array | undefined
  for (const page of pages) {
    if (page.isDictionary) dictionary = decode(body(chunk, page, 0), page.values)
    else each(withNulls(chunk, page, present(chunk, page, decode, dictionary)), page.before)
  }
  return true
}

/** Encodings by their number in the format. */
const plain = 0
const isIndices = (encoding: number): boolean => encoding === 2 || encoding === 8

type Decode = (bytes: Uint8Array, count: number) => Float64Array
const decoders: Record<string, Decode> = {
  DOUBLE: (bytes, count) => new Float64Array(copied(bytes, count * 8)),
  INT64: (bytes, count) => Float64Array.from(new BigInt64Array(copied(bytes, count * 8)), Number),
  INT32: (bytes, count) => Float64Array.from(new Int32Array(copied(bytes, count * 4))),
}

/** The first bytes in a buffer of their own, so that numbers can be read where they stand. */
function copied(bytes: Uint8Array, length: number): ArrayBuffer {
  if (bytes.length < length) throw new Error(`a page has ${bytes.length} bytes where its numbers need ${length}`)
  return new Uint8Array(bytes.subarray(0, length)).buffer
}

function body(
  { read, decompress }: NumberChunk,
  { start, bytes, headerBytes, uncompressedBytes }: ParquetPage,
  skipped: number,
): Uint8Array {
  const stored = read(start + headerBytes + skipped, start + bytes)
  return decompress(stored, uncompressedBytes - skipped)
}

/** The values that are not null. */
function present(chunk: NumberChunk, page: ParquetPage, decode: Decode, dictionary: Float64Array | undefined): Float64Array {
  const { encoding } = page
  const { nulls, definitionBytes } = page.v2!
  const count = page.values - nulls
  if (count === 0) return new Float64Array(0)
  const bytes = body(chunk, page, definitionBytes)
  if (encoding === plain) return decode(bytes, count)
  const indices = hybrid(bytes.subarray(1), bytes[0]!, count)
  const values = new Float64Array(count)
  for (let i = 0; i < count; i++) {
    const value = dictionary?.[indices[i]!]
    if (value === undefined) throw new Error('a page points out of its dictionary')
    values[i] = value
  }
  return values
}

function withNulls({ read }: NumberChunk, { start, headerBytes, values: count, v2 }: ParquetPage, values: Float64Array): Float64Array {
  if (v2!.nulls === 0) return values
  const at = start + headerBytes
  const levels = hybrid(read(at, at + v2!.definitionBytes), 1, count)
  const all = new Float64Array(count).fill(Number.NaN)
  for (let i = 0, k = 0; i < count; i++) if (levels[i] === 1) all[i] = values[k++]!
  return all
}

/** Parquet's mix of runs and bit-packed groups of eight. */
function hybrid(bytes: Uint8Array, width: number, count: number): Uint32Array {
  if (width > 25) throw new Error(`indices of ${width} bits`)
  const values = new Uint32Array(count)
  const mask = 2 ** width - 1
  let at = 0
  const varint = (): number => {
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = byteAt(bytes, at++)
      value += (byte & 127) * scale
      if (byte < 128) return value
    }
  }
  for (let n = 0; n < count; ) {
    const header = varint()
    if (header % 2 === 0) {
      let value = 0
      for (let bits = 0; bits < width; bits += 8) value |= byteAt(bytes, at++) << bits
      const end = Math.min(count, n + header / 2)
      if (end === n) throw new Error('a run of no values')
      values.fill(value, n, end)
      n = end
      continue
    }
    const groups = (header - 1) / 2
    const end = Math.min(count, n + groups * 8)
    if (groups === 0 || at + Math.ceil(((end - n) * width) / 8) > bytes.length) throw new Error('a page ends too early')
    for (let bit = at * 8; n < end; bit += width) {
      const byte = bit >>> 3
      const four = bytes[byte]! | (bytes[byte + 1]! << 8) | (bytes[byte + 2]! << 16) | (bytes[byte + 3]! << 24)
      values[n++] = (four >>> (bit & 7)) & mask
    }
    at += groups * width
  }
  return values
}

function byteAt(bytes: Uint8Array, at: number): number {
  const byte = bytes[at]
  if (byte === undefined) throw new Error('a page ends too early')
  return byte
}
