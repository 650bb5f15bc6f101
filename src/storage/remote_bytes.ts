import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ask } from './ask.ts'
import { StorageError, type StoredFile } from './store.ts'

/** Bytes fetched by one request. Larger ones cost less, and take more memory: up to six of them are held. */
const blockBytes = 8 << 20
/** Blocks fetched while the reader works on one. */
const blocksAhead = 2
/** The last blocks read, which a reader may look back into. */
const blocksKept = 2

/** A file of a store, read by position as a local one is: mostly forwards, through [start, end). */
export class RemoteBytes {
  readonly size: number
  readonly #file: StoredFile
  readonly #start: number
  readonly #end: number
  readonly #recent = new Map<number, Buffer>()
  #scratch: Scratch | undefined
  /** The block that is read next if the reader goes on. */
  #next = 0
  #hasAsked = false
  /** Bytes from before the blocks, or beside the way. */
  #aside: { offset: number; bytes: Buffer } = { offset: 0, bytes: Buffer.alloc(0) }

  constructor(file: StoredFile, { start, end } = { start: 0, end: file.bytes }) {
    this.#file = file
    this.size = file.bytes
    this.#start = start
    this.#end = end
  }

  /** Every place may be read more than once: keep what has come on disk, until the file is closed. */
  keepAll(): void {
    this.#scratch ??= new Scratch()
  }

  readInto(bytes: Buffer, offset: number): void {
    if (offset + bytes.length > this.size) throw new StorageError(this.#file.url, 'the file ends early')
    for (let done = 0; done < bytes.length; ) {
      const at = offset + done
      done += this.#bytesAt(at, bytes.length - done).copy(bytes, done)
    }
  }

  view(offset: number, want: number): Buffer | undefined {
    const number = Math.floor((offset - this.#start) / blockBytes)
    const within = offset - this.#start - number * blockBytes
    if (number < 0 || within + want > blockBytes) return undefined
    const block = this.#recent.get(number) ?? (number === this.#next ? this.#block(number) : undefined)
    return block && within + want <= block.length ? block.subarray(within) : undefined
  }

  close(): void {
    if (this.#hasAsked) ask('close', { url: this.#file.url })
    this.#hasAsked = false
    this.#recent.clear()
    this.#scratch?.close()
    this.#scratch = undefined
  }

  /** Some of the bytes from `offset` on, and maybe more than `want`. */
  #bytesAt(offset: number, want: number): Buffer {
    const number = Math.floor((offset - this.#start) / blockBytes)
    const within = offset - this.#start - number * blockBytes
    const known = this.#recent.get(number) ?? this.#scratch?.read(number)
    if (known) return known.subarray(within)
    const isBeside = number < 0 || (number !== this.#next && want < blockBytes && !this.#scratch)
    return isBeside ? this.#besideAt(offset, want) : this.#block(number).subarray(within)
  }

  #besideAt(offset: number, want: number): Buffer {
    const { offset: known, bytes } = this.#aside
    if (offset >= known && offset < known + bytes.length) return bytes.subarray(offset - known)
    const end = Math.min(offset + want, offset < this.#start ? this.#start : this.size)
    this.#aside = { offset, bytes: asBuffer(ask('readBeside', { block: { file: this.#file, start: offset, end } })) }
    return this.#aside.bytes
  }

  #block(number: number): Buffer {
    const start = this.#start + number * blockBytes
    const blockAt = (from: number) => ({ file: this.#file, start: from, end: Math.min(this.size, from + blockBytes) })
    // Whoever goes on where it was will go on; whoever jumps may jump again.
    const ahead = number === this.#next ? Array.from({ length: blocksAhead }, (_, k) => start + (k + 1) * blockBytes) : []
    const block = asBuffer(ask('read', { block: blockAt(start), ahead: ahead.filter((at) => at < this.#end).map(blockAt) }))
    this.#hasAsked = true
    this.#next = number + 1
    this.#recent.set(number, block)
    for (const old of this.#recent.keys()) if (this.#recent.size > blocksKept) this.#recent.delete(old)
    this.#scratch?.write(number, block)
    return block
  }
}

const asBuffer = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer => Buffer.from(buffer, byteOffset, byteLength)

/** Blocks on disk, in a file without a name that goes when it is closed. */
class Scratch {
  readonly #fd: number
  readonly #lengths = new Map<number, number>()

  constructor() {
    const folder = mkdtempSync(join(tmpdir(), 'decant-'))
    this.#fd = openSync(join(folder, 'blocks'), 'w+')
    rmSync(folder, { recursive: true })
  }

  read(number: number): Buffer | undefined {
    const length = this.#lengths.get(number)
    if (length === undefined) return undefined
    const block = Buffer.allocUnsafe(length)
    for (let done = 0; done < length; ) done += readSync(this.#fd, block, done, length - done, number * blockBytes + done)
    return block
  }

  write(number: number, block: Buffer): void {
    for (let done = 0; done < block.length; ) done += writeSync(this.#fd, block, done, block.length - done, number * blockBytes + done)
    this.#lengths.set(number, block.length)
  }

  close(): void {
    closeSync(this.#fd)
  }
}

/** The one file that a URL names. */
export function fileAt(url: string): StoredFile {
  const found = ask('find', { pattern: url })
  const [file] = found
  if (!file || found.length > 1) throw new StorageError(url, found.length > 1 ? 'names several files' : 'no such file')
  return file
}
