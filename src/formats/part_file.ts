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
export const readParts = (path: string, parts: number, { from, to }: { from: number; to: number }): Buffer =>
  readChecked(path, (source) => {
    const head = headOf(source, parts)
    let start = head.byteLength
    for (let i = 0; i < from; i++) start += head[i * headInts]!
    let end = start
    for (let i = from; i < to; i++) end += head[i * headInts]!
    if (end > source.size) throw new Error('it is too short')
    const bytes = source.read(start, end)
    for (let i = from, at = 0; i < to; i++) {
      const part = bytes.subarray(at, at + head[i * headInts]!)
      if (crc32(part) !== head[i * headInts + 1]!) throw new Error('a checksum is wrong')
      at += part.length
    }
    return bytes
  })

/** All parts of so many, each on its own. Throws a DamagedFile when they are not what was written. */
export function readAllParts(path: string, parts: number): Buffer[] {
  const bytes = readParts(path, parts, { from: 0, to: parts })
  const head = readHead(path, parts)
  let at = 0
  return Array.from({ length: parts }, (_, i) => bytes.subarray(at, (at += head[i * headInts]!)))
}

/** Length and CRC-32 of each part, in turn. */
export const readHead = (path: string, parts: number): Uint32Array => readChecked(path, (source) => headOf(source, parts))

function headOf(source: ByteSource, parts: number): Uint32Array {
  const bytes = parts * headInts * 4
  if (source.size < bytes) throw new Error('it is too short')
  return new Uint32Array(intsOf(source.read(0, bytes)))
}

/** Read a file that carries checksums. Whatever goes wrong, but for the disk, is a DamagedFile. */
export function readChecked<T>(path: string, read: (source: ByteSource) => T): T {
  let source: ByteSource | undefined
  try {
    source = new ByteSource(path, 1)
    return read(source)
  } catch (error) {
    const code = systemCode(error)
    throw code && code !== 'ENOENT' ? error : new DamagedFile(path, code ? 'it is missing' : (error as Error).message)
  } finally {
    source?.close()
  }
}

export const bytesOf = (ints: Int32Array | Uint32Array): Uint8Array => new Uint8Array(ints.buffer, ints.byteOffset, ints.byteLength)

/** The same bytes as numbers. */
export const intsOf = (bytes: Uint8Array): Int32Array => {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : Uint8Array.from(bytes)
  return new Int32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength >> 2)
}
