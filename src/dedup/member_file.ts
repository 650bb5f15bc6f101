import { crc32 } from 'node:zlib'
import { DamagedFile } from '../core/errors.ts'
import { ByteSource } from '../formats/byte_source.ts'
import { FileWriter } from '../formats/file_writer.ts'
import { bytesOf } from '../formats/part_file.ts'

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
  #ids: string[] = []
  #rows: number[] = []
  #ranks: number[] = []
  #sketches = new Uint8Array(1 << 16)

  constructor(private readonly sketchBytes: number) {}

  add({ row, id, rank, sketch }: Member): void {
    const at = this.#ids.length * this.sketchBytes
    if (at + this.sketchBytes > this.#sketches.length) {
      const larger = new Uint8Array(2 * this.#sketches.length + this.sketchBytes)
      larger.set(this.#sketches)
      this.#sketches = larger
    }
    this.#sketches.set(sketch, at)
    this.#ids.push(id)
    this.#rows.push(row)
    this.#ranks.push(rank)
  }

  write(path: string): void {
    const ids = Buffer.from(this.#ids.join(''))
    const count = this.#ids.length
    let end = 0
    const ends = Uint32Array.from(this.#ids, (id) => (end += Buffer.byteLength(id)))
    const ranks = new Uint8Array(Float64Array.from(this.#ranks).buffer)
    const sketches = this.#sketches.subarray(0, count * this.sketchBytes)
    const body = Buffer.concat([ranks, bytesOf(Uint32Array.from(this.#rows)), bytesOf(ends), sketches, ids])
    const file = new FileWriter(path)
    file.write(bytesOf(Uint32Array.of(count, ids.length, crc32(body), 0)))
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
