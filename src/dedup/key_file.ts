import { NumberList } from '../core/number_list.ts'
import { type RecordShape, readRecords, writeRecords } from './record_file.ts'

/** Slices of keys; a record is a key and the number of the document in its shard. */
export const slices = 64
const recordInts = 3
const shapeOf = (bands: number): RecordShape => ({ ints: recordInts, slices, sections: bands })

/** Collects the keys of one shard's documents in memory: 8 bytes a band and document. */
export class KeyFileWriter {
  #keys = new NumberList(Int32Array)
  #documents = 0

  constructor(private readonly bands: number) {}

  /** Keys of all bands of the next document, as pairs of 32-bit numbers. */
  add(keys: Int32Array): void {
    const { numbers, at } = this.#keys.extend(keys.length)
    numbers.set(keys, at)
    this.#documents++
  }

  /**
   * Write all keys; returns pairs (document, earlier document) that share one, of which only the first is written. With `keepAll` all are, and
   * there are no pairs.
   */
  write(path: string, keepAll: boolean): Int32Array {
    const pairs = new NumberList(Int32Array)
    writeRecords(path, this.#sections(keepAll, pairs), shapeOf(this.bands))
    return pairs.view()
  }

  *#sections(keepAll: boolean, pairs: NumberList<Int32Array>): Generator<Int32Array> {
    const keys = this.#keys.view()
    for (let band = 0; band < this.bands; band++) {
      const table = new KeyTable(keepAll ? 0 : this.#documents)
      const records = new Int32Array(this.#documents * recordInts)
      let size = 0
      for (let doc = 0; doc < this.#documents; doc++) {
        const at = (doc * this.bands + band) * 2
        const first = keepAll ? doc : table.firstOf(keys[at]!, keys[at + 1]!, doc)
        if (first === doc) {
          records[size++] = keys[at]!
          records[size++] = keys[at + 1]!
          records[size++] = doc
        } else {
          pairs.push(doc)
          pairs.push(first)
        }
      }
      yield records.subarray(0, size)
    }
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
export const readKeys = (path: string, { bands, band, from, to }: { bands: number; band: number; from: number; to: number }): Int32Array =>
  readRecords(path, shapeOf(bands), { section: band, from, to })
