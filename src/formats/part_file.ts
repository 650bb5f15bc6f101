import { crc32 } from 'node:zlib'
import { DamagedFile, systemCode } from '../core/errors.ts'
import { ByteSource } from './byte_source.ts'
import { FileWriter } from './file_writer.ts'

/** Numbers that the head holds of each part. */
const headInts = 2

/**
 * Write bytes in parts that can each be read on their own. The file: for each part its length and its CRC-32 (uint32, little-endian), then the
 * parts.
 */
export function writeParts(path: string, parts: readonly Uint8Array[]): void {
  const head = new Uint32Array(parts.length * headInts)
  for (const [i, part] of parts.entries()) head.set([part.length, crc32(part)], i * headInts)
  const file = new FileWriter(path)
  file.write(bytesOf(head))
  for (const part of parts) file.write(part)
  file.close()
}

/** Parts for so many shards; those that nothing is given for are empty. */
export const dealtParts = (shards: number, parts: ReadonlyMap<number, Uint8Array>): Uint8Array[] =>
  Array.from({ length: shards }, (_, shard) => parts.get(shard) ?? empty)

const empty = new Uint8Array(0)

/** Parts [from, to) of so many, one behind the other. Throws a DamagedFile when they are not what was written. */
export function readParts(path: string, parts: number, range: { from: number; to: number }): Buffer {
  const file = new PartFile(path, parts)
  try {
    return file.read(range)
  } finally {
    file.close()
  }
}

/** All parts of so many, each on its own. Throws a DamagedFile when they are not what was written. */
export function readAllParts(path: string, parts: number): Buffer[] {
  const file = new PartFile(path, parts)
  try {
    const bytes = file.read({ from: 0, to: parts })
    let at = 0
    return Array.from({ length: parts }, (_, i) => bytes.subarray(at, (at += file.length(i))))
  } finally {
    file.close()
  }
}

/** Length and CRC-32 of each part, in turn. */
export const readHead = (path: string, parts: number): Uint32Array => readChecked(path, (source) => headOf(source, parts))

/** A file of so many parts, opened once. Reading throws a DamagedFile when it is not what was written. */
export class PartFile {
  readonly #source: ByteSource
  readonly #head: Uint32Array

  constructor(
    readonly path: string,
    parts: number,
  ) {
    this.#source = checked(path, () => new ByteSource(path, 1))
    try {
      this.#head = checked(path, () => headOf(this.#source, parts))
    } catch (error) {
      this.close()
      throw error
    }
  }

  /** Bytes of a part. */
  length(part: number): number {
    return this.#head[part * headInts]!
  }

  /** Parts [from, to), one behind the other. */
  read({ from, to }: { from: number; to: number }): Buffer {
    let start = this.#head.byteLength
    for (let i = 0; i < from; i++) start += this.length(i)
    let end = start
    for (let i = from; i < to; i++) end += this.length(i)
    return checked(this.path, () => {
      if (end > this.#source.size) throw new Error('it is too short')
      const bytes = this.#source.read(start, end)
      for (let i = from, at = 0; i < to; i++) {
        const part = bytes.subarray(at, at + this.length(i))
        if (crc32(part) !== this.#head[i * headInts + 1]!) throw new Error('a checksum is wrong')
        at += part.length
      }
      return bytes
    })
  }

  /** Parts [from, to) as `read` gives them, as many at a time as have so many bytes, but at least one. */
  *pieces({ from, to }: { from: number; to: number }, most = 4 << 20): Generator<Buffer> {
    while (from < to) {
      let end = from + 1
      for (let bytes = this.length(from); end < to && bytes + this.length(end) <= most; end++) bytes += this.length(end)
      const bytes = this.read({ from, to: end })
      if (bytes.length > 0) yield bytes
      from = end
    }
  }

  close(): void {
    this.#source.close()
  }
}

/** Writes a file of so many parts one after the other, so that only one of them is in memory. Parts that nothing is written for are empty. */
export class PartWriter {
  readonly #file: FileWriter
  readonly #head: Uint32Array
  #last = -1

  constructor(path: string, parts: number) {
    this.#head = new Uint32Array(parts * headInts)
    this.#file = new FileWriter(path)
    this.#file.write(bytesOf(this.#head))
  }

  /** Parts come in ascending order. */
  write(part: number, bytes: Uint8Array): void {
    if (part <= this.#last) throw new Error(`part ${part} comes after part ${this.#last}`)
    this.#last = part
    this.#head.set([bytes.length, crc32(bytes)], part * headInts)
    this.#file.write(bytes)
  }

  close(): void {
    this.#file.overwrite(0, bytesOf(this.#head))
    this.#file.close()
  }
}

function headOf(source: ByteSource, parts: number): Uint32Array {
  const bytes = parts * headInts * 4
  if (source.size < bytes) throw new Error('it is too short')
  return new Uint32Array(intsOf(source.read(0, bytes)))
}

/** Read a file that carries checksums. Whatever goes wrong, but for the disk, is a DamagedFile. */
export function readChecked<T>(path: string, read: (source: ByteSource) => T): T {
  let source: ByteSource | undefined
  try {
    return checked(path, () => read((source = new ByteSource(path, 1))))
  } finally {
    source?.close()
  }
}

function checked<T>(path: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    const code = systemCode(error)
    throw code && code !== 'ENOENT' ? error : new DamagedFile(path, code ? 'it is missing' : (error as Error).message)
  }
}

export const bytesOf = (ints: Int32Array | Uint32Array): Uint8Array => new Uint8Array(ints.buffer, ints.byteOffset, ints.byteLength)

/** The same bytes as numbers. */
export const intsOf = (bytes: Uint8Array): Int32Array => {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : Uint8Array.from(bytes)
  return new Int32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength >> 2)
}
