import { readFileSync, rmSync } from 'node:fs'
import { FileWriter } from '../formats/file_writer.ts'
import { keysBy } from './order.ts'

/** As manifests state it. */
export const trainingOrder =
  'upper 53 bits of xxHash64(id in UTF-8, seed + 2^32) / 2^53, and for copy k of n the same + k / n, modulo 1; ascending; equal ones by source, shard and row'

/**
 * Where each copy of a document stands in the token files of a seed, from 0 to 1. Trainers read in order and do not shuffle, so in crawl order they
 * would see one dump or source after the other, and copies side by side. Here copies are as far apart as their number allows.
 */
export async function placesBy(seed: number): Promise<(id: string, copies: number) => number[]> {
  const keyOf = await keysBy(seed + 2 ** 32)
  return (id, copies) => {
    const first = keyOf(Buffer.from(id))
    return Array.from({ length: copies }, (_, k) => (first + k / copies) % 1)
  }
}

/** Bytes of tokens that are sorted in memory at a time. */
const bucketBytes = 128 << 20

/** Sorts the tokens of documents by place. Files of neighbouring places are sorted one at a time, so memory does not grow with the sample. */
export class TokenShuffle {
  readonly #buckets: { path: string; file: FileWriter }[]
  #sequence = 0

  constructor(path: string, tokens: number) {
    const count = Math.max(1, Math.ceil((2 * tokens) / bucketBytes))
    this.#buckets = Array.from({ length: count }, (_, i) => {
      const bucket = `${path}.${i}.part`
      return { path: bucket, file: new FileWriter(bucket, 1 << 18) }
    })
  }

  add(place: number, tokens: readonly number[]): void {
    const bytes = Buffer.allocUnsafe(20 + 4 * tokens.length)
    bytes.writeDoubleLE(place, 0)
    bytes.writeDoubleLE(this.#sequence++, 8)
    bytes.writeUInt32LE(tokens.length, 16)
    for (const [i, token] of tokens.entries()) bytes.writeInt32LE(token, 20 + 4 * i)
    this.#buckets[Math.floor(place * this.#buckets.length)]!.file.write(bytes)
  }

  /** Pass all documents on, in order. */
  drain(write: (tokens: number[]) => void): void {
    for (const { path, file } of this.#buckets) {
      file.close()
      const bytes = readFileSync(path)
      const records: { place: number; sequence: number; at: number; length: number }[] = []
      for (let at = 0; at < bytes.length; ) {
        const length = bytes.readUInt32LE(at + 16)
        records.push({ place: bytes.readDoubleLE(at), sequence: bytes.readDoubleLE(at + 8), at: at + 20, length })
        at += 20 + 4 * length
      }
      records.sort((a, b) => a.place - b.place || a.sequence - b.sequence)
      for (const { at, length } of records) write(Array.from({ length }, (_, i) => bytes.readInt32LE(at + 4 * i)))
      rmSync(path)
    }
  }

  discard(): void {
    for (const { path, file } of this.#buckets) {
      file.discard()
      rmSync(path, { force: true })
    }
  }
}
