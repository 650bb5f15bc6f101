import { crc32 } from 'node:zlib'
import { ByteSource } from '../formats/byte_source.ts'
import { FileWriter } from '../formats/file_writer.ts'

/**
 * Keys of one shard's documents, so that any range of any band can be read on its own: for each band and slice (the first 6 bits of a key) the
 * number of records and their CRC-32, then the records: key (two 32-bit numbers), number of the document in its shard.
 */
export const slices = 64
const recordInts = 3

/** Collects keys in memory: 12 bytes a band and document. */
export class KeyFileWriter {
  #records: Int32Array
  #documents = 0

  constructor(
    private readonly bands: number,
    capacity = 1024,
  ) {
    this.#records = new Int32Array(capacity * bands * 2)
  }

  /** Keys of all bands of the next document, as pairs of 32-bit numbers. */
  add(keys: Int32Array): void {
    const at = this.#documents * this.bands * 2
    if (at + keys.length > this.#records.length) {
      const larger = new Int32Array(this.#records.length * 2)
      larger.set(this.#records)
      this.#records = larger
    }
    this.#records.set(keys, at)
    this.#documents++
  }

  /**
   * Write all keys; returns pairs (document, earlier document) that share one, of which only the first is written. With `keepAll` all are, and
   * there are no pairs.
   */
  write(path: string, keepAll: boolean): Int32Array {
    const { bands } = this
    const pairs: number[] = []
    const head = new Int32Array(bands * slices * 2)
    const parts: Int32Array[] = []
    for (let band = 0; band < bands; band++) {
      const kept = keepAll ? Uint8Array.from({ length: this.#documents }, () => 1) : this.#firsts(band, pairs)
      const starts = new Int32Array(slices + 1)
      for (let doc = 0; doc < this.#documents; doc++) if (kept[doc]) starts[this.#slice(doc, band) + 1]! += 1
      for (let slice = 0; slice < slices; slice++) starts[slice + 1]! += starts[slice]!
      const records = new Int32Array(starts[slices]! * recordInts)
      const next = starts.slice()
      for (let doc = 0; doc < this.#documents; doc++) {
        if (!kept[doc]) continue
        const from = (doc * bands + band) * 2
        const slice = this.#slice(doc, band)
        records.set([this.#records[from]!, this.#records[from + 1]!, doc], next[slice]! * recordInts)
        next[slice]! += 1
      }
      for (let slice = 0; slice < slices; slice++) {
        const at = (band * slices + slice) * 2
        head[at] = starts[slice + 1]! - starts[slice]!
        head[at + 1] = crc32(bytesOf(records.subarray(starts[slice]! * recordInts, starts[slice + 1]! * recordInts)))
      }
      parts.push(records)
    }
    const file = new FileWriter(path)
    file.write(bytesOf(head))
    for (const part of parts) file.write(bytesOf(part))
    file.close()
    return Int32Array.from(pairs)
  }

  #slice(doc: number, band: number): number {
    return this.#records[(doc * this.bands + band) * 2 + 1]! >>> 26
  }

  /** 1 for the first document of each key; the others go to `pairs`, beside that one. */
  #firsts(band: number, pairs: number[]): Uint8Array {
    const kept = new Uint8Array(this.#documents)
    const table = new KeyTable(this.#documents)
    for (let doc = 0; doc < this.#documents; doc++) {
      const at = (doc * this.bands + band) * 2
      const first = table.firstOf(this.#records[at]!, this.#records[at + 1]!, doc)
      if (first === doc) kept[doc] = 1
      else pairs.push(doc, first)
    }
    return kept
  }
}

/** The first document of each key, by open addressing. */
export class KeyTable {
  #mask: number
  /** Key, document + 1. */
  #entries: Int32Array

  constructor(documents: number) {
    let size = 16
    while (size < 2 * documents) size *= 2
    this.#mask = size - 1
    this.#entries = new Int32Array(size * recordInts)
  }

  /** The document that this key was first seen with: this one, if it is new. */
  firstOf(low: number, high: number, document: number): number {
    const entries = this.#entries
    for (let slot = low & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const at = slot * recordInts
      const known = entries[at + 2]!
      if (known === 0) {
        entries[at] = low
        entries[at + 1] = high
        entries[at + 2] = document + 1
        return document
      }
      if (entries[at] === low && entries[at + 1] === high) return (known - 1) >>> 0
    }
  }
}

/** Records of one band in slices [from, to): key, key, document; each. Throws when they are not what was written. */
export function readKeys(path: string, { bands, band, from, to }: { bands: number; band: number; from: number; to: number }): Int32Array {
  const source = new ByteSource(path, 1)
  try {
    const headBytes = bands * slices * 8
    if (source.size < headBytes) throw new Error('it is too short')
    const head = intsOf(source.read(0, headBytes))
    let start = 0
    for (let i = 0; i < band * slices + from; i++) start += head[i * 2]!
    let count = 0
    for (let slice = from; slice < to; slice++) count += head[(band * slices + slice) * 2]!
    const first = headBytes + start * recordInts * 4
    if (start < 0 || count < 0 || first + count * recordInts * 4 > source.size) throw new Error('it is too short')
    const bytes = source.read(first, first + count * recordInts * 4)
    for (let slice = from, at = 0; slice < to; slice++) {
      const length = head[(band * slices + slice) * 2]! * recordInts * 4
      if (crc32(bytes.subarray(at, at + length)) !== head[(band * slices + slice) * 2 + 1]! >>> 0) throw new Error('a checksum is wrong')
      at += length
    }
    return intsOf(bytes)
  } catch (error) {
    throw new DamagedFile(path, (error as Error).message)
  } finally {
    source.close()
  }
}

/** A side file that is not what its task wrote: the task must run again. */
export class DamagedFile extends Error {
  override readonly name = 'DamagedFile'
  readonly code = 'EDAMAGED'
  constructor(
    readonly path: string,
    message: string,
  ) {
    super(`${path} is damaged: ${message}`)
  }
}

export const bytesOf = (ints: Int32Array | Uint32Array): Uint8Array => new Uint8Array(ints.buffer, ints.byteOffset, ints.byteLength)

/** The same bytes as numbers. */
export const intsOf = (bytes: Uint8Array): Int32Array => {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : Uint8Array.from(bytes)
  return new Int32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength >> 2)
}
