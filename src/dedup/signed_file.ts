import { NumberList } from '../core/number_list.ts'
import { bytesOf, intsOf, PartFile, writeParts } from '../formats/part_file.ts'
import { cutKeys, slices } from './key_slices.ts'
import { type Member, MemberList } from './member_records.ts'
import { slicesOf } from './record_file.ts'

/**
 * What MinHash knows of the documents of one shard, in parts that carry checksums: how many there are (uint32); pairs (document, earlier document:
 * uint32) that share a key; keys, a part for each slice; members, in parts of equally many documents.
 */
const memberParts = 16
const at = { count: 0, pairs: 1, keys: 2, members: 2 + slices }
const parts = at.members + memberParts

/** Collects signatures of one shard in memory: 8 bytes a band and document, and its member. */
export class SignedFileWriter {
  readonly #keys = new NumberList(Int32Array)
  readonly #members: MemberList

  constructor(
    private readonly bands: number,
    sketchBytes: number,
  ) {
    this.#members = new MemberList(sketchBytes)
  }

  /** `keys`: those of all bands, as pairs of 32-bit numbers. */
  add(keys: Int32Array, member: Member): void {
    this.#keys.pushAll(keys)
    this.#members.add(member)
  }

  /** Documents of one shard that share a key meet here, so that a key that half the crawl has costs the comparison one record a shard. */
  write(path: string, keepAll: boolean): void {
    const { parts: keys, pairs } = cutKeys(this.#keys.view(), this.bands, keepAll)
    const { length } = this.#members
    const members = Array.from({ length: memberParts }, (_, i) => {
      const { from, to } = slicesOf(i, memberParts, length)
      return this.#members.bytes(from, to)
    })
    writeParts(path, [bytesOf(Uint32Array.of(length)), bytesOf(pairs), ...keys, ...members])
  }
}

/** Throws a DamagedFile when what it reads is not what was written. */
export class SignedFile {
  readonly #file: PartFile
  readonly count: number

  constructor(path: string) {
    this.#file = new PartFile(path, parts)
    this.count = this.#read(at.count)[0]! >>> 0
  }

  pairs(): Int32Array {
    return this.#read(at.pairs)
  }

  /** Slices [from, to) of the keys, some at a time, as `eachRun` takes them. */
  *keys(from: number, to: number): Generator<Int32Array> {
    for (const bytes of this.#file.pieces({ from: at.keys + from, to: at.keys + to })) yield intsOf(bytes)
  }

  /** Which documents are in each part of the members. */
  get memberParts(): { from: number; to: number }[] {
    return Array.from({ length: memberParts }, (_, i) => slicesOf(i, memberParts, this.count))
  }

  members(part: number): Buffer {
    return this.#file.read({ from: at.members + part, to: at.members + part + 1 })
  }

  close(): void {
    this.#file.close()
  }

  #read(part: number): Int32Array {
    return intsOf(this.#file.read({ from: part, to: part + 1 }))
  }
}
