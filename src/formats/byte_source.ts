import { createHash, type Hash } from 'node:crypto'
import { closeSync, openSync, readSync, statSync } from 'node:fs'
import type { TaskInput } from '../core/task.ts'
import { fileAt, RemoteBytes } from '../storage/remote_bytes.ts'
import { isUrl } from '../storage/url.ts'

/** Where bytes come from: a local file, or one of a store. */
export interface Bytes {
  readonly size: number
  /** Fill `bytes` with what stands at `offset`. Throws where the file ends before. */
  readInto(bytes: Buffer, offset: number): void
  close(): void
  /** Every place may be read more than once. */
  keepAll?(): void
  /** At least `want` bytes at `offset` as they lie in memory, if they do or are next, so that they need not be copied. */
  view?(offset: number, want: number): Buffer | undefined
}

class FileBytes implements Bytes {
  readonly size: number
  #fd: number

  constructor(private readonly path: string) {
    this.size = statSync(path).size
    this.#fd = openSync(path, 'r')
  }

  readInto(bytes: Buffer, offset: number): void {
    for (let done = 0; done < bytes.length; ) {
      const n = readSync(this.#fd, bytes, done, bytes.length - done, offset + done)
      if (n === 0) throw new Error(`${this.path} became shorter while it was read`)
      done += n
    }
  }

  close(): void {
    if (this.#fd >= 0) closeSync(this.#fd)
    this.#fd = -1
  }
}

const bytesAt = (path: string): Bytes => (isUrl(path) ? new RemoteBytes(fileAt(path)) : new FileBytes(path))

/** A file read synchronously by position, through one growing window. Bytes it hands out are views: copy what must outlive the next call. */
export class ByteSource {
  readonly size: number
  #window = Buffer.alloc(0)
  #offset = 0
  /** Of the bytes [start, end) those before `to` are in the digest. */
  #digest: { hash: Hash; to: number; end: number } | undefined

  constructor(
    readonly path: string,
    private readonly chunkBytes = 4 << 20,
    private readonly bytes: Bytes = bytesAt(path),
  ) {
    this.size = bytes.size
  }

  /** Say that every place may be read more than once. */
  keepAll(): void {
    this.bytes.keepAll?.()
  }

  /** Up to `want` bytes at `offset` (fewer only at the end of the file), possibly more if they are at hand. */
  at(offset: number, want: number): Buffer {
    const end = Math.min(offset + want, this.size)
    const windowEnd = this.#offset + this.#window.length
    if (offset < this.#offset || end > windowEnd) {
      const view = this.bytes.view?.(offset, end - offset)
      if (view) return this.#hashed(view, offset)
      this.#fill(offset, Math.max(end - offset, this.chunkBytes))
    }
    return this.#window.subarray(offset - this.#offset)
  }

  /** Exactly the bytes [start, end), copied. */
  read(start: number, end: number): Buffer {
    const bytes = Buffer.allocUnsafe(end - start)
    this.readInto(bytes, start)
    return bytes
  }

  /** The file from `offset` on, in fresh chunks. */
  *chunks(offset = 0): Generator<Buffer> {
    for (let at = offset; at < this.size; at += this.chunkBytes) yield this.read(at, Math.min(at + this.chunkBytes, this.size))
  }

  /** Compute a digest of the bytes [start, end) from what is read from now on; what is read in order costs no second reading. */
  beginDigest(start: number, end: number): void {
    this.#digest = { hash: createHash('sha256'), to: start, end }
  }

  /** SHA-256 in hex; reads what is left. */
  endDigest(): string {
    const { hash, end } = this.#digest!
    for (let to = this.#digest!.to; to < end; to = this.#digest!.to) this.read(to, Math.min(end, to + this.chunkBytes))
    this.#digest = undefined
    return hash.digest('hex')
  }

  close(): void {
    this.bytes.close()
  }

  #fill(offset: number, length: number): void {
    const bytes = Buffer.allocUnsafe(Math.min(length, this.size - offset))
    const keepFrom = offset - this.#offset
    const kept = keepFrom >= 0 && keepFrom < this.#window.length ? this.#window.copy(bytes, 0, keepFrom) : 0
    this.readInto(bytes.subarray(kept), offset + kept)
    this.#window = bytes
    this.#offset = offset
  }

  /** Fill `bytes` with what stands at `offset`. */
  readInto(bytes: Buffer, offset: number): void {
    this.bytes.readInto(bytes, offset)
    this.#hashed(bytes, offset)
  }

  #hashed(bytes: Buffer, offset: number): Buffer {
    const digest = this.#digest
    if (!digest || offset > digest.to || offset + bytes.length <= digest.to) return bytes
    const to = Math.min(offset + bytes.length, digest.end)
    if (to <= digest.to) return bytes
    digest.hash.update(bytes.subarray(digest.to - offset, to - offset))
    digest.to = to
    return bytes
  }
}

/** The file of a split, to be read through it. */
export const openSplit = ({ file, start, end, size, tag = '' }: TaskInput): ByteSource =>
  isUrl(file)
    ? new ByteSource(file, remoteChunkBytes, new RemoteBytes({ url: file, bytes: size, tag }, { start, end }))
    : new ByteSource(file)

/** Bytes read at a time where two blocks meet, or before the first one. */
const remoteChunkBytes = 2 << 20
