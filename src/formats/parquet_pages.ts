/** Where a column chunk's pages lie in the file, and how many values its footer says they hold. */
export interface ChunkRange {
  start: number
  end: number
  values: number
}

/** Page headers are tens of bytes; only statistics on long strings make them longer than this. */
const headerBytes = 1 << 10

/** A page: where its header begins, its bytes with the header, and the values of its column before it. */
export interface ParquetPage {
  start: number
  bytes: number
  before: number
  headerBytes: number
  uncompressedBytes: number
  /** A dictionary holds entries, not values of the column. */
  isDictionary: boolean
  values: number
  /** How its values are written, by the number in the format. */
  encoding: number
  /** How a data page of the second version is laid out; levels stand uncompressed before its values. */
  v2?: { nulls: number; definitionBytes: number; repetitionBytes: number; isCompressed: boolean }
}

/** The data pages of a column chunk. */
export const readPages = (read: (start: number, end: number) => Uint8Array, range: ChunkRange): ParquetPage[] =>
  allPages(read, range).filter(({ isDictionary }) => !isDictionary)

/**
 * Walk over the page headers of a column chunk before it is decoded. The decoder trusts them: a size below zero sends it round for ever,
 * a count of billions fills the memory. Throws where a header cannot be true. Returns dictionary and data pages.
 */
export function allPages(read: (start: number, end: number) => Uint8Array, { start, end, values }: ChunkRange): ParquetPage[] {
  const pages: ParquetPage[] = []
  let seen = 0
  for (let at = start; at < end && seen < values; ) {
    const { length, fields } = headerAt(read, at, end)
    const uncompressedBytes = numberAt(fields, 2)
    const compressed = numberAt(fields, 3)
    const page = { start: at, bytes: length + compressed, before: seen, headerBytes: length, uncompressedBytes }
    at += page.bytes
    if (at > end) throw new Error(`a page of ${compressed} bytes does not fit into its column`)
    const dictionary = fields.get(7)
    if (dictionary instanceof Map) {
      if (numberAt(dictionary, 1) > uncompressedBytes) throw new Error('a dictionary has more values than bytes')
      pages.push({ ...page, isDictionary: true, values: numberAt(dictionary, 1), encoding: 0 })
    }
    const v2 = fields.get(8)
    const data = fields.get(5) ?? v2
    if (!(data instanceof Map)) continue
    const count = numberAt(data, 1)
    const encoding = Number(data.get(v2 instanceof Map ? 4 : 2) ?? 0)
    pages.push({ ...page, isDictionary: false, values: count, encoding, ...(v2 instanceof Map ? { v2: layoutOf(v2) } : {}) })
    seen += count
    if (seen > values) throw new Error(`pages hold more than the ${values} values of their column`)
  }
  return pages
}

const layoutOf = (fields: Struct): NonNullable<ParquetPage['v2']> => ({
  nulls: numberAt(fields, 2),
  definitionBytes: numberAt(fields, 5),
  repetitionBytes: numberAt(fields, 6),
  isCompressed: fields.get(7) !== false,
})

type Struct = Map<number, Value>
type Value = number | boolean | Struct | undefined

function numberAt(fields: Struct, id: number): number {
  const value = fields.get(id)
  if (typeof value !== 'number' || value < 0) throw new Error(`page header: field ${id} is ${String(value)}`)
  return value
}

function headerAt(read: (start: number, end: number) => Uint8Array, at: number, end: number): { length: number; fields: Struct } {
  for (let want = headerBytes; ; want *= 16) {
    const reader = new CompactReader(read(at, Math.min(end, at + want)))
    try {
      return { fields: reader.struct(0), length: reader.at }
    } catch (error) {
      if (!(error instanceof RangeError) || at + want >= end) throw error
    }
  }
}

/** Thrift's compact protocol, as far as page headers need it: structs and whole numbers are kept, the rest is passed over. */
class CompactReader {
  at = 0

  constructor(private readonly bytes: Uint8Array) {}

  struct(depth: number): Struct {
    if (depth > 8) throw new Error('page header: too many structs in one another')
    const fields: Struct = new Map()
    let id = 0
    for (let byte = this.#byte(); byte !== 0; byte = this.#byte()) {
      id = byte >> 4 ? id + (byte >> 4) : this.#zigzag()
      fields.set(id, this.#value(byte & 15, depth))
    }
    return fields
  }

  #value(type: number, depth: number): Value {
    switch (type) {
      case 1:
      case 2:
        return type === 1
      case 3:
        return this.#byte()
      case 4:
      case 5:
      case 6:
        return this.#zigzag()
      case 7:
        return this.#skip(8)
      case 8:
        return this.#skip(this.#varint())
      case 9:
      case 10: {
        const head = this.#byte()
        const size = head >> 4 === 15 ? this.#varint() : head >> 4
        for (let i = 0; i < size; i++) this.#value((head & 15) <= 2 ? 3 : head & 15, depth)
        return undefined
      }
      case 12:
        return this.struct(depth + 1)
      default:
        throw new Error(`page header: unknown type ${type}`)
    }
  }

  #byte(): number {
    const byte = this.bytes[this.at++]
    if (byte === undefined) throw new RangeError('page header: no end')
    return byte
  }

  #skip(bytes: number): undefined {
    this.at += bytes
    if (this.at > this.bytes.length) throw new RangeError('page header: no end')
  }

  #varint(): number {
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = this.#byte()
      value += (byte & 127) * scale
      if (byte < 128) return value
      if (scale > 2 ** 56) throw new Error('page header: a number without end')
    }
  }

  #zigzag(): number {
    const value = this.#varint()
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }
}
