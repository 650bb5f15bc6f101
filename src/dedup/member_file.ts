import { crc32 } from 'node:zlib'
import { ByteSource } from '../formats/byte_source.ts'
import { FileWriter } from '../formats/file_writer.ts'
import { bytesOf, DamagedFile } from './key_file.ts'

/** What a choice among near-duplicates looks at, for each signed document of a shard, in order. */
export interface Member {
  /** Row of the document in its shard. */
  row: number
  id: string
  /** The document with the highest rank stays; among equals, the one with the smallest id. */
  rank: number
  sketch: Uint8Array
}

/** Little-endian: count, bytes of all ids, CRC-32 of the rest; then ranks (float64), rows, ends of ids (uint32), sketches, ids. */
const headInts = 4

export class MemberFileWriter {
  #members: Member[] = []

  constructor(private readonly sketchBytes: number) {}

  get count(): number {
    return this.#members.length
  }

  add(member: Member): void {
    this.#members.push({ ...member, sketch: member.sketch.slice() })
  }

  write(path: string): void {
    const ids = this.#members.map(({ id }) => Buffer.from(id))
    let end = 0
    const ends = Uint32Array.from(ids, ({ length }) => (end += length))
    const ranks = Float64Array.from(this.#members, ({ rank }) => rank)
    const body = Buffer.concat([
      new Uint8Array(ranks.buffer),
      bytesOf(Uint32Array.from(this.#members, ({ row }) => row)),
      bytesOf(ends),
      ...this.#members.map(({ sketch }) => sketch.subarray(0, this.sketchBytes)),
      ...ids,
    ])
    const file = new FileWriter(path)
    file.write(bytesOf(Uint32Array.of(this.#members.length, end, crc32(body), 0)))
    file.write(body)
    file.close()
  }
}

/** How many members a file holds. */
export function countMembers(path: string): number {
  const source = new ByteSource(path, 1)
  try {
    return source.read(0, 4).readUInt32LE(0)
  } finally {
    source.close()
  }
}

/** Members of a shard by their number. Throws when the file is not what was written. */
export function readMembers(path: string, sketchBytes: number): { count: number; member(i: number): Member; row(i: number): number } {
  const source = new ByteSource(path, 1)
  let bytes: Buffer
  try {
    bytes = source.read(0, source.size)
  } finally {
    source.close()
  }
  const [count = 0, idBytes = 0, sum] = bytes.length < headInts * 4 ? [] : [0, 4, 8].map((at) => bytes.readUInt32LE(at))
  const body = bytes.subarray(headInts * 4)
  const at = { rows: 8 * count, ends: 12 * count, sketches: 16 * count, ids: (16 + sketchBytes) * count }
  if (body.length !== at.ids + idBytes) throw new DamagedFile(path, 'its length is wrong')
  if (crc32(body) !== sum) throw new DamagedFile(path, 'its checksum is wrong')
  const row = (i: number): number => body.readUInt32LE(at.rows + 4 * i)
  return {
    count,
    row,
    member(i) {
      const from = i === 0 ? 0 : body.readUInt32LE(at.ends + 4 * (i - 1))
      return {
        row: row(i),
        rank: body.readDoubleLE(8 * i),
        id: body.toString('utf8', at.ids + from, at.ids + body.readUInt32LE(at.ends + 4 * i)),
        sketch: body.subarray(at.sketches + sketchBytes * i, at.sketches + sketchBytes * (i + 1)),
      }
    },
  }
}
