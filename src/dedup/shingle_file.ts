import { crc32 } from 'node:zlib'
import { DamagedFile } from '../core/errors.ts'
import { ByteSource } from '../formats/byte_source.ts'
import { FileWriter } from '../formats/file_writer.ts'
import { Layout } from '../kernels/kernels.ts'
import { readNumbers, writeNumbers } from './record_file.ts'

/**
 * The distinct shingles of every signed document of a shard, for exact comparison: ascending 64-bit hashes, and beside them in a file of its own
 * where each document's end (in shingles) and their CRC-32.
 */
export class ShingleFileWriter {
  #file: FileWriter
  #ends: number[] = []
  #end = 0

  constructor(private readonly path: string) {
    this.#file = new FileWriter(path)
  }

  add(shingles: BigUint64Array): void {
    const sorted = shingles.slice().sort()
    let size = 0
    for (let i = 0; i < sorted.length; i++) if (i === 0 || sorted[i] !== sorted[i - 1]) sorted[size++] = sorted[i]!
    const bytes = new Uint8Array(sorted.buffer, 0, 8 * size)
    this.#file.write(bytes)
    this.#ends.push((this.#end += size), crc32(bytes))
  }

  close(): void {
    this.#file.close()
    writeNumbers(`${this.path}-ends`, Uint32Array.from(this.#ends))
  }
}

/** Memory for shingles that have been read. */
const cacheBytes = 256 << 20

/** Exact Jaccard similarities of documents of all shards, by the number of the shard and of the document in it. */
export class ShingleStore {
  #files = new Map<number, { source: ByteSource; ends: Uint32Array }>()
  #cache = new Map<string, Int32Array>()
  #cached = 0

  constructor(private readonly paths: ReadonlyMap<number, string>) {}

  similarity(a: Position, b: Position): number {
    const [x, y] = [this.#read(a), this.#read(b)]
    const layout = new Layout({ x: x.byteLength, y: y.byteLength })
    layout.write('x', x)
    layout.write('y', y)
    const common = layout.kernels.common(layout.at.x, x.length / 2, layout.at.y, y.length / 2)
    return common / (x.length / 2 + y.length / 2 - common)
  }

  /** The smallest hash, as a place in an order that depends on the text alone. */
  order(position: Position): number {
    const [low = 0, high = 0] = this.#read(position)
    return (high >>> 0) * 2 ** 21 + (low >>> 11)
  }

  close(): void {
    for (const { source } of this.#files.values()) source.close()
    this.#files.clear()
  }

  #read({ shard, document }: Position): Int32Array {
    const key = `${shard}/${document}`
    let shingles = this.#cache.get(key)
    if (!shingles) {
      const { source, ends } = this.#open(shard)
      const [from, to] = [8 * (ends[2 * document - 2] ?? 0), 8 * ends[2 * document]!]
      if (to > source.size) throw new DamagedFile(source.path, 'it is too short')
      const bytes = source.read(from, to)
      if (crc32(bytes) !== ends[2 * document + 1]) throw new DamagedFile(source.path, 'a checksum is wrong')
      shingles = new Int32Array(Uint8Array.from(bytes).buffer)
      if ((this.#cached += shingles.byteLength) > cacheBytes) {
        this.#cache.clear()
        this.#cached = shingles.byteLength
      }
      this.#cache.set(key, shingles)
    }
    return shingles
  }

  #open(shard: number): { source: ByteSource; ends: Uint32Array } {
    let file = this.#files.get(shard)
    if (!file) {
      // A run may have more shards than a process may have open files.
      if (this.#files.size === 256) this.close()
      const path = this.paths.get(shard)!
      file = { source: new ByteSource(path, 1), ends: readNumbers(`${path}-ends`) }
      this.#files.set(shard, file)
    }
    return file
  }
}

export interface Position {
  shard: number
  document: number
}
