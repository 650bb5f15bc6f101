import { statSync } from 'node:fs'
import { NumberList } from '../core/number_list.ts'
import { KeyTable } from './key_table.ts'
import { readRecords, writeNumbers, writeRecords } from './record_file.ts'

/**
 * Segments (lines, spans of sentences, windows of words) of all documents, compared by a 64-bit key. Every segment of a shard has a number, in
 * the order of the text. Of equal ones a copy in the document that comes first may stay, where the order of documents is that of a hash of their
 * ids, and so the same however documents are split into shards.
 *
 * A record is key (low, high), order of the document (low, high), number of the segment.
 */
export const slices = 256
const ints = 5
const shape = { ints, slices, sections: 1 }
const mostSegments = 2 ** 32
/** Records that are read at a time. */
const memoryBytes = 128 << 20

/** Which copies stay: one of them, or none, the first included. */
export type Keep = 'first' | 'none'

/** Collects the segments of one shard in memory: 20 bytes each. */
export class SegmentWriter {
  #records = new NumberList(Int32Array)
  #base = 0
  #next = 0
  #order: readonly [number, number] = [0, 0]

  /** Begin a document of so many segments; `order` is a 64-bit number (low, high). */
  begin(segments: number, order: readonly [number, number]): void {
    this.#base = this.#next
    this.#next += segments
    this.#order = order
    if (this.#next > mostSegments) throw new Error(`a shard of more than ${mostSegments} segments cannot be compared: split it`)
  }

  /** A segment of this document that is to be compared. */
  add(low: number, high: number, segment: number): void {
    const { numbers, at } = this.#records.extend(ints)
    numbers[at] = low
    numbers[at + 1] = high
    numbers[at + 2] = this.#order[0]
    numbers[at + 3] = this.#order[1]
    numbers[at + 4] = this.#base + segment
  }

  /** What is decided within the shard goes to `local`: so a line that half the crawl has costs the comparison one record a shard. */
  write(keysPath: string, localPath: string, keep: Keep): void {
    const dropped = new NumberList(Int32Array)
    const records = combine(this.#records.view(), keep, (at, all) => dropped.push(all[at + 4]!))
    writeRecords(keysPath, [records], shape)
    writeNumbers(localPath, dropped.view())
  }
}

/** Calls `drop` for every record whose segment goes, and returns one record of each key: that of the segment that stays, if any does. */
function combine(records: Int32Array, keep: Keep, drop: (at: number, records: Int32Array) => void): Int32Array {
  const table = new KeyTable(records, ints)
  // By the first record of each key: the best one so far, as its place + 1; 0 while it is the only one.
  const best = new Int32Array(records.length / ints)
  let size = 0
  for (let i = 0; i < best.length; i++) {
    const at = i * ints
    const first = table.firstOf(i)
    if (first === i) {
      size++
      continue
    }
    const known = (best[first]! || first + 1) - 1
    const better = keep === 'first' && isBefore(records, at, known * ints)
    if (keep === 'none' && best[first] === 0) drop(first * ints, records)
    drop(better ? known * ints : at, records)
    best[first] = (better ? i : known) + 1
    best[i] = -1
  }
  const kept = new Int32Array(size * ints)
  for (let i = 0, to = 0; i < best.length; i++) {
    if (best[i]! < 0) continue
    const at = (best[i]! === 0 ? i : best[i]! - 1) * ints
    for (let k = 0; k < ints; k++) kept[to++] = records[at + k]!
  }
  return kept
}

const isBefore = (records: Int32Array, a: number, b: number): boolean => {
  const [x, y] = [records[a + 3]! >>> 0, records[b + 3]! >>> 0]
  return x === y ? records[a + 2]! >>> 0 < records[b + 2]! >>> 0 : x < y
}

/** Compare slices [from, to) of all shards: numbers of the segments that go, by shard. */
export function compareSegments(
  files: readonly { index: number; path: string }[],
  { keep, from, to }: { keep: Keep; from: number; to: number },
): Map<number, NumberList<Int32Array>> {
  const dropped = new Map<number, NumberList<Int32Array>>()
  // As many slices at a time as memory allows, but at least one.
  const sliceBytes = files.reduce((sum, { path }) => sum + statSync(path).size, 0) / slices
  const step = Math.max(1, Math.floor(memoryBytes / sliceBytes))
  for (let slice = from; slice < to; slice += step) {
    const parts = files.map(({ path }) => readRecords(path, shape, { from: slice, to: Math.min(to, slice + step) }))
    const all = new Int32Array(parts.reduce((sum, { length }) => sum + length, 0))
    const starts: number[] = []
    let size = 0
    for (const part of parts) {
      starts.push(size)
      all.set(part, size)
      size += part.length
    }
    combine(all, keep, (at) => {
      const { index } = files[lastAtMost(starts, at)]!
      const numbers = dropped.get(index) ?? new NumberList(Int32Array, 16)
      dropped.set(index, numbers)
      numbers.push(all[at + 4]!)
    })
  }
  return dropped
}

/** Index of the last of ascending numbers that is not above `limit`. */
function lastAtMost(numbers: readonly number[], limit: number): number {
  let low = 0
  let high = numbers.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (numbers[middle]! <= limit) low = middle
    else high = middle - 1
  }
  return low
}

/** The segments of a shard that go, document by document. */
export class DroppedSegments {
  readonly #numbers: Uint32Array
  #at = 0
  #base = 0

  constructor(lists: readonly Uint32Array[]) {
    this.#numbers = new Uint32Array(lists.reduce((sum, { length }) => sum + length, 0))
    let size = 0
    for (const list of lists) {
      this.#numbers.set(list, size)
      size += list.length
    }
    this.#numbers.sort()
  }

  /** Of the next document's `segments`, those that go, in ascending order. */
  next(segments: number): number[] {
    const dropped: number[] = []
    const end = this.#base + segments
    for (; this.#at < this.#numbers.length && this.#numbers[this.#at]! < end; this.#at++) {
      const segment = this.#numbers[this.#at]! - this.#base
      if (dropped.at(-1) !== segment) dropped.push(segment)
    }
    this.#base = end
    return dropped
  }
}
