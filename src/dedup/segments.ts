import { statSync } from 'node:fs'
import { NumberList } from '../core/number_list.ts'
import { bytesOf, intsOf } from '../formats/part_file.ts'
import { Groups, groupsFor, memoryBytes } from './groups.ts'
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
    const records = this.#records.view()
    const dropped = new NumberList(Int32Array)
    const best = findBest(records, ints, keep, (at) => dropped.push(records[at + 4]!))
    writeRecords(keysPath, [keptOf(records, best)], shape)
    writeNumbers(localPath, dropped.view())
  }
}

/**
 * Calls `drop` with the place of every record whose segment goes. Returns, by the first record of each key, the number of that of the segment that stays,
 * if any does, + 1, or 0 where the key has one record only; −1 for all other records.
 */
function findBest(records: Int32Array, width: number, keep: Keep, drop: (at: number) => void): Int32Array {
  const table = new KeyTable(records, width)
  const best = new Int32Array(records.length / width)
  for (let i = 0; i < best.length; i++) {
    const first = table.firstOf(i)
    if (first === i) continue
    const known = (best[first]! || first + 1) - 1
    const better = keep === 'first' && isBefore(records, i * width, known * width)
    if (keep === 'none' && best[first] === 0) drop(first * width)
    drop((better ? known : i) * width)
    best[first] = (better ? i : known) + 1
    best[i] = -1
  }
  return best
}

/** One record of each key. */
function keptOf(records: Int32Array, best: Int32Array): Int32Array {
  const kept = new Int32Array(best.reduce((size, i) => (i < 0 ? size : size + ints), 0))
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

/**
 * Compare slices [from, to) of all shards: numbers of the segments that go, by shard. What does not fit into memory waits in files whose paths begin
 * with `scratch`.
 */
export function compareSegments(
  files: readonly { index: number; path: string }[],
  { keep, from, to, scratch, most = memoryBytes }: { keep: Keep; from: number; to: number; scratch: string; most?: number },
): Map<number, NumberList<Int32Array>> {
  const dropped = new Map<number, NumberList<Int32Array>>()
  for (const group of segmentGroups(files, { from, to, scratch, most })) {
    const records = intsOf(group)
    findBest(records, ints + 1, keep, (at) => {
      const shard = records[at + ints]!
      const numbers = dropped.get(shard) ?? new NumberList(Int32Array, 16)
      dropped.set(shard, numbers)
      numbers.push(records[at + 4]!)
    })
  }
  return dropped
}

/** Records, each with its shard behind it. Those of one key come in one group, in the order of shards. */
function* segmentGroups(
  files: readonly { index: number; path: string }[],
  { from, to, scratch, most }: { from: number; to: number; scratch: string; most: number },
): Generator<Uint8Array> {
  const wide = ints + 1
  const bytes = (files.reduce((sum, { path }) => sum + statSync(path).size, 0) * (to - from) * wide) / (slices * ints)
  const count = groupsFor(bytes, most)
  const groups = new Groups(count, count === 1 ? undefined : scratch)
  const [low, width] = [(from * 2 ** 32) / slices, ((to - from) * 2 ** 32) / slices]
  for (const { index, path } of files) {
    for (const narrow of readRecords(path, shape, { from, to })) {
      const records = new Int32Array((narrow.length / ints) * wide)
      for (let at = 0, i = 0; i < records.length; at += ints) {
        for (let k = 0; k < ints; k++) records[i++] = narrow[at + k]!
        records[i++] = index
      }
      if (count === 1) groups.add(0, bytesOf(records))
      else {
        for (let i = 0; i < records.length; i += wide) {
          const group = Math.floor((((records[i + 1]! >>> 0) - low) * count) / width)
          groups.add(group, bytesOf(records.subarray(i, i + wide)))
        }
      }
    }
  }
  yield* groups.take()
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
