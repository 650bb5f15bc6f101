import { ByteSource } from '../formats/byte_source.ts'
import { FileWriter } from '../formats/file_writer.ts'
import { Layout } from '../kernels/kernels.ts'
import { bytesOf } from './record_file.ts'

/** The distinct shingles of every signed document of a shard, for exact comparison: ends (in shingles), then ascending 64-bit hashes. */
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
    this.#file.write(new Uint8Array(sorted.buffer, 0, 8 * size))
    this.#ends.push((this.#end += size))
  }

  close(): void {
    this.#file.close()
    const ends = new FileWriter(`${this.path}-ends`)
    ends.write(bytesOf(Uint32Array.from(this.#ends)))
    ends.close()
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
      const bytes = source.read(8 * (ends[document - 1] ?? 0), 8 * ends[document]!)
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
      const index = new ByteSource(`${path}-ends`, 1)
      const ends = new Uint32Array(Uint8Array.from(index.read(0, index.size)).buffer)
      index.close()
      file = { source: new ByteSource(path, 1), ends }
      this.#files.set(shard, file)
    }
    return file
  }
}

export interface Position {
  shard: number
  document: number
}
