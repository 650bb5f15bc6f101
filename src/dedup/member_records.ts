import { bytesOf } from '../formats/part_file.ts'

/** What a choice among near-duplicates looks at. */
export interface Member {
  /** Row of the document in its shard. */
  row: number
  id: string
  /** The document with the highest rank stays; among equals, the one with the smallest id. */
  rank: number
  sketch: Uint8Array
}

/** Collects the members of one shard in memory. */
export class MemberList {
  #ids: string[] = []
  #rows: number[] = []
  #ranks: number[] = []
  #sketches = new Uint8Array(1 << 16)

  constructor(private readonly sketchBytes: number) {}

  get length(): number {
    return this.#ids.length
  }

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

  /** Members [from, to): ranks (float64), rows, ends of ids (uint32), sketches, ids; little-endian. */
  bytes(from: number, to: number): Uint8Array {
    const ids = this.#ids.slice(from, to)
    let end = 0
    const ends = Uint32Array.from(ids, (id) => (end += Buffer.byteLength(id)))
    return Buffer.concat([
      new Uint8Array(Float64Array.from(this.#ranks.slice(from, to)).buffer),
      bytesOf(Uint32Array.from(this.#rows.slice(from, to))),
      bytesOf(ends),
      this.#sketches.subarray(from * this.sketchBytes, to * this.sketchBytes),
      Buffer.from(ids.join('')),
    ])
  }
}

/** Where in the bytes of `count` members each of them is. */
export function membersIn(
  bytes: Buffer,
  count: number,
  sketchBytes: number,
): { row(i: number): number; rank(i: number): number; sketch(i: number): Buffer; id(i: number): Buffer } {
  const at = { rows: 8 * count, ends: 12 * count, sketches: 16 * count, ids: (16 + sketchBytes) * count }
  return {
    row: (i) => bytes.readUInt32LE(at.rows + 4 * i),
    rank: (i) => bytes.readDoubleLE(8 * i),
    sketch: (i) => bytes.subarray(at.sketches + sketchBytes * i, at.sketches + sketchBytes * (i + 1)),
    id(i) {
      const from = i === 0 ? 0 : bytes.readUInt32LE(at.ends + 4 * (i - 1))
      return bytes.subarray(at.ids + from, at.ids + bytes.readUInt32LE(at.ends + 4 * i))
    },
  }
}
