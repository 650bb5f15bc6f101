import { statSync } from 'node:fs'
import { NumberList } from '../core/number_list.ts'
import { PartFile, writeParts } from '../formats/part_file.ts'
import { compareIds } from './compare_ids.ts'
import { ByteList, Groups, groupsFor, memoryBytes } from './groups.ts'

/** Slices of keys, by their first byte: the parts of a file. */
export const slices = 256

/** A key: 16 bytes of a digest; shard and row (uint32), length of the id (uint16), little-endian; the id. */
const hashBytes = 16
const headBytes = hashBytes + 10
const mostIdBytes = 0xffff

/** Collects the keys of one shard in memory. */
export class ExactKeyWriter {
  readonly #slices = Array.from({ length: slices }, () => new ByteList())
  readonly #head = Buffer.alloc(headBytes)

  constructor(private readonly shard: number) {}

  add(digest: Uint8Array, row: number, id: string): void {
    const idBytes = Buffer.from(id).subarray(0, mostIdBytes)
    this.#head.set(digest.subarray(0, hashBytes))
    this.#head.writeUInt32LE(this.shard, hashBytes)
    this.#head.writeUInt32LE(row, hashBytes + 4)
    this.#head.writeUInt16LE(idBytes.length, hashBytes + 8)
    const slice = this.#slices[digest[0]!]!
    slice.add(this.#head)
    slice.add(idBytes)
  }

  write(path: string): void {
    writeParts(
      path,
      this.#slices.map((keys) => keys.view()),
    )
  }
}

/**
 * Keys in slices [from, to) of all shards. Equal ones come in one group, in the order of shards and rows. What does not fit into memory waits in files
 * whose paths begin with `scratch`.
 */
export function* keyGroups(
  files: readonly { path: string }[],
  { from, to, scratch, most = memoryBytes }: { from: number; to: number; scratch: string; most?: number },
): Generator<Buffer> {
  const bytes = (files.reduce((sum, { path }) => sum + statSync(path).size, 0) * (to - from)) / slices
  const count = groupsFor(bytes, most)
  const groups = new Groups(count, count === 1 ? undefined : scratch)
  for (const { path } of files) {
    const file = new PartFile(path, slices)
    try {
      for (const keys of file.pieces({ from, to })) {
        if (count === 1) groups.add(0, keys)
        else {
          for (let at = 0; at < keys.length; ) {
            const end = endOf(keys, at)
            const place = keys.readUInt32BE(at) / 2 ** 24 - from
            groups.add(Math.floor((place * count) / (to - from)), keys.subarray(at, end))
            at = end
          }
        }
      }
    } finally {
      file.close()
    }
  }
  for (const group of groups.take()) yield Buffer.from(group.buffer, group.byteOffset, group.length)
}

const endOf = (keys: Buffer, at: number): number => at + headBytes + keys.readUInt16LE(at + hashBytes + 8)

/** Of each kind of equal keys, all but the one with the smallest id, or the first one of these. */
export function* duplicatesIn(keys: Buffer): Generator<{ shard: number; row: number; survivor: string; size: number }> {
  const list = new NumberList(Uint32Array)
  for (let at = 0; at < keys.length; at = endOf(keys, at)) list.push(at)
  const places = list.view()
  const idAt = (i: number): Buffer => keys.subarray(places[i]! + headBytes, endOf(keys, places[i]!))
  const firstOf = firstFinder(keys, places)
  const firsts = new Int32Array(places.length)
  // By the first key of each kind: the number of the one that stays, and how many there are.
  const best = new Int32Array(places.length)
  const sizes = new Uint32Array(places.length)
  for (let i = 0; i < places.length; i++) {
    const first = (firsts[i] = firstOf(i))
    if (first === i) best[i] = i
    else if (compareIds(idAt(i), idAt(best[first]!)) < 0) best[first] = i
    sizes[first]! += 1
  }
  for (let i = 0; i < places.length; i++) {
    const stays = best[firsts[i]!]!
    if (stays === i) continue
    const head = places[i]! + hashBytes
    const [shard, row] = [keys.readUInt32LE(head), keys.readUInt32LE(head + 4)]
    yield { shard, row, survivor: idAt(stays).toString(), size: sizes[firsts[i]!]! }
  }
}

/** The first of the keys asked for that is equal, by open addressing: 8 to 16 bytes a key. */
function firstFinder(keys: Buffer, places: Uint32Array): (i: number) => number {
  let size = 16
  while (size < 2 * places.length) size *= 2
  const slots = new Int32Array(size)
  return (i) => {
    const at = places[i]!
    for (let slot = keys.readUInt32LE(at + 4) & (size - 1); ; slot = (slot + 1) & (size - 1)) {
      const known = slots[slot]! - 1
      if (known < 0) {
        slots[slot] = i + 1
        return i
      }
      if (keys.compare(keys, at, at + hashBytes, places[known]!, places[known]! + hashBytes) === 0) return known
    }
  }
}
