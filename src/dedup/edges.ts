import { statSync } from 'node:fs'
import { BlockWriter, readBlocks } from '../formats/block_file.ts'
import { bytesOf, intsOf } from '../formats/part_file.ts'
import { Groups, groupsFor, memoryBytes } from './groups.ts'
import { eachRun, recordInts, slices } from './key_slices.ts'
import { KeyTable } from './key_table.ts'
import { SignedFile } from './signed_file.ts'

/** Documents that one process can tell apart. */
export const mostDocuments = 2 ** 32

/**
 * Records of a task's slices of all shards: key (low, high), number of the document among all. Records of one band and key come in one group, in the
 * order of documents within a slice; groups come by band. Groups that do not fit into memory together wait in files whose paths begin with
 * `scratch`.
 */
export function* keyGroups(
  files: readonly { path: string }[],
  { bands, from, to, scratch, most = memoryBytes }: { bands: number; from: number; to: number; scratch: string; most?: number },
): Generator<Int32Array> {
  // Members are counted too: groups are about half as large as they may be.
  const bytes = (files.reduce((sum, { path }) => sum + statSync(path).size, 0) * (to - from)) / slices
  const perBand = bytes <= most ? 1 : groupsFor(bytes / bands, most)
  const groups = new Groups(bands * perBand, bytes <= most ? undefined : scratch)
  const [low, width] = [(from * 2 ** 32) / slices, ((to - from) * 2 ** 32) / slices]
  let base = 0
  for (const { path } of files) {
    const file = new SignedFile(path)
    try {
      for (const ints of file.keys(from, to)) {
        eachRun(ints, bands, (band, records) => {
          for (let i = 2; i < records.length; i += recordInts) records[i]! += base
          if (perBand === 1) return groups.add(band, bytesOf(records))
          for (let i = 0; i < records.length; i += recordInts) {
            const group = Math.floor((((records[i + 1]! >>> 0) - low) * perBand) / width)
            groups.add(band * perBand + group, bytesOf(records.subarray(i, i + recordInts)))
          }
        })
      }
      base += file.count
    } finally {
      file.close()
    }
  }
  if (base >= mostDocuments) throw new Error(`${base} documents are more than can be compared at once (2³²); split them by scope`)
  for (const group of groups.take()) yield intsOf(group)
}

/** Edges that are held in memory: 8 bytes each. */
const mostEdges = 1 << 22
const edgesPerBlock = 1 << 16

/** Writes pairs of documents, most of them once however often they are given. */
class EdgeWriter {
  readonly #edges = new BigUint64Array(mostEdges)
  readonly #words = new Uint32Array(this.#edges.buffer)
  #size = 0

  constructor(private readonly file: BlockWriter) {}

  add(a: number, b: number): void {
    this.#words[2 * this.#size] = a
    this.#words[2 * this.#size + 1] = b
    if (++this.#size < mostEdges) return
    this.#removeRepeats()
    if (this.#size > mostEdges / 2) this.flush()
  }

  flush(): void {
    this.#removeRepeats()
    for (let i = 0; i < this.#size; i += edgesPerBlock) {
      const block = this.#words.subarray(2 * i, 2 * Math.min(i + edgesPerBlock, this.#size))
      this.file.add({ numbers: [0, 0, 0], bytes: bytesOf(block) })
    }
    this.#size = 0
  }

  #removeRepeats(): void {
    const edges = this.#edges.subarray(0, this.#size).sort()
    const words = this.#words
    let size = 0
    for (let i = 0; i < edges.length; i++) {
      const [a, b] = [words[2 * i]!, words[2 * i + 1]!]
      if (size > 0 && words[2 * size - 2] === a && words[2 * size - 1] === b) continue
      words[2 * size] = a
      words[2 * size + 1] = b
      size++
    }
    this.#size = size
  }
}

/** Compare the keys of one task, and write what shares one: stars of each first document and the others, each edge once. */
export function writeEdges(path: string, groups: Iterable<Int32Array>): void {
  const file = new BlockWriter(path)
  const edges = new EdgeWriter(file)
  for (const records of groups) {
    const table = new KeyTable(records, recordInts)
    for (let i = 0; i < records.length / recordInts; i++) {
      const first = table.firstOf(i)
      if (first !== i) edges.add(records[first * recordInts + 2]!, records[i * recordInts + 2]!)
    }
  }
  edges.flush()
  file.close()
}

/** As `writeEdges`, with all documents of each key instead: a block for each, in the order in which a second one is found. */
export function writeBuckets(path: string, groups: Iterable<Int32Array>): void {
  const file = new BlockWriter(path)
  for (const records of groups) {
    const count = records.length / recordInts
    const table = new KeyTable(records, recordInts)
    const firsts = new Int32Array(count)
    // By the first record of each key.
    const sizes = new Int32Array(count)
    const next = new Int32Array(count)
    let size = 0
    for (let i = 0; i < count; i++) {
      const first = (firsts[i] = table.firstOf(i))
      if (first === i) continue
      size += sizes[first] === 0 ? 2 : 1
      sizes[first]! += sizes[first] === 0 ? 2 : 1
    }
    const numbers = new Uint32Array(size)
    const ends: number[] = []
    let end = 0
    for (let i = 0; i < count; i++) {
      const first = firsts[i]!
      if (first === i) continue
      if (next[first] === 0) {
        numbers[end] = records[first * recordInts + 2]!
        next[first] = end + 1
        ends.push((end += sizes[first]!))
      }
      numbers[next[first]!++] = records[i * recordInts + 2]!
    }
    for (let i = 0, start = 0; i < ends.length; start = ends[i++]!)
      file.add({ numbers: [0, 0, 0], bytes: bytesOf(numbers.subarray(start, ends[i]!)) })
  }
  file.close()
}

/** What `writeEdges` (pairs in a row) or `writeBuckets` (a bucket each time) has written. */
export function* readEdges(path: string): Generator<Uint32Array> {
  for (const { bytes } of readBlocks(path)) yield new Uint32Array(intsOf(bytes))
}
