import { crc32 } from 'node:zlib'
import { ByteSource } from '../formats/byte_source.ts'
import { FileWriter } from '../formats/file_writer.ts'

/**
 * Records of so many 32-bit numbers, of which the first two are a key (low, high), in one or more sections. Each section is cut into slices by
 * the first bits of keys, so that any range of keys can be read on its own. The file: for each section and slice the number of records and their
 * CRC-32, then the records, little-endian.
 */
export interface RecordShape {
  ints: number
  /** A power of two. */
  slices: number
  sections: number
}

/** Write all sections, each given in any order; within a slice that order stays. */
export function writeRecords(path: string, sections: Iterable<Int32Array>, shape: RecordShape): void {
  const head = new Int32Array(shape.sections * shape.slices * 2)
  const parts: Int32Array[] = []
  for (const records of sections) parts.push(scatter(records, shape, head.subarray(parts.length * shape.slices * 2)))
  const file = new FileWriter(path)
  file.write(bytesOf(head))
  for (const part of parts) file.write(bytesOf(part))
  file.close()
}

function scatter(records: Int32Array, { ints, slices }: RecordShape, head: Int32Array): Int32Array {
  const shift = Math.clz32(slices) + 1
  const sliceAt = (at: number): number => (slices === 1 ? 0 : records[at + 1]! >>> shift)
  const starts = new Int32Array(slices + 1)
  for (let at = 0; at < records.length; at += ints) starts[sliceAt(at) + 1]! += 1
  for (let slice = 0; slice < slices; slice++) starts[slice + 1]! += starts[slice]!
  const sorted = new Int32Array(records.length)
  const next = starts.slice()
  for (let at = 0; at < records.length; at += ints) {
    const slice = sliceAt(at)
    const to = next[slice]! * ints
    for (let i = 0; i < ints; i++) sorted[to + i] = records[at + i]!
    next[slice]! += 1
  }
  for (let slice = 0; slice < slices; slice++) {
    head[slice * 2] = starts[slice + 1]! - starts[slice]!
    head[slice * 2 + 1] = crc32(bytesOf(sorted.subarray(starts[slice]! * ints, starts[slice + 1]! * ints)))
  }
  return sorted
}

/** Records of one section in slices [from, to). Throws when they are not what was written. */
export function readRecords(
  path: string,
  { ints, slices, sections }: RecordShape,
  { section = 0, from, to }: { section?: number; from: number; to: number },
): Int32Array {
  return readChecked(path, (source) => {
    const headBytes = sections * slices * 8
    if (source.size < headBytes) throw new Error('it is too short')
    const head = intsOf(source.read(0, headBytes))
    let start = 0
    for (let i = 0; i < section * slices + from; i++) start += head[i * 2]!
    let count = 0
    for (let slice = from; slice < to; slice++) count += head[(section * slices + slice) * 2]!
    const first = headBytes + start * ints * 4
    if (start < 0 || count < 0 || first + count * ints * 4 > source.size) throw new Error('it is too short')
    const bytes = source.read(first, first + count * ints * 4)
    for (let slice = from, at = 0; slice < to; slice++) {
      const length = head[(section * slices + slice) * 2]! * ints * 4
      if (crc32(bytes.subarray(at, at + length)) !== head[(section * slices + slice) * 2 + 1]! >>> 0) throw new Error('a checksum is wrong')
      at += length
    }
    return intsOf(bytes)
  })
}

/** Plain numbers behind their CRC-32. */
export function writeNumbers(path: string, numbers: Int32Array | Uint32Array): void {
  const file = new FileWriter(path)
  file.write(bytesOf(Uint32Array.of(crc32(bytesOf(numbers)))))
  file.write(bytesOf(numbers))
  file.close()
}

export const readNumbers = (path: string): Uint32Array =>
  readChecked(path, (source) => {
    const numbers = Uint32Array.from(intsOf(source.read(0, source.size - (source.size % 4))))
    const body = numbers.subarray(1)
    if (source.size % 4 !== 0 || numbers[0] !== crc32(bytesOf(body))) throw new Error('its checksum is wrong')
    return body
  })

/** The slices of a task, when so many tasks share them. */
export const slicesOf = (task: number, tasks: number, slices: number): { from: number; to: number } => ({
  from: Math.floor((task * slices) / tasks),
  to: Math.floor(((task + 1) * slices) / tasks),
})

function readChecked<T>(path: string, read: (source: ByteSource) => T): T {
  const source = new ByteSource(path, 1)
  try {
    return read(source)
  } catch (error) {
    throw new DamagedFile(path, (error as Error).message)
  } finally {
    source.close()
  }
}

/** A side file that is not what its task wrote: the task must run again. */
export class DamagedFile extends Error {
  override readonly name = 'DamagedFile'
  readonly code = 'EDAMAGED'
  constructor(
    readonly path: string,
    message: string,
  ) {
    super(`${path} is damaged: ${message}`)
  }
}

export const bytesOf = (ints: Int32Array | Uint32Array): Uint8Array => new Uint8Array(ints.buffer, ints.byteOffset, ints.byteLength)

/** The same bytes as numbers. */
export const intsOf = (bytes: Uint8Array): Int32Array => {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : Uint8Array.from(bytes)
  return new Int32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength >> 2)
}

/** Numbers that only grow, in memory that doubles. */
export class Ints {
  #numbers: Int32Array
  length = 0

  constructor(capacity = 1024) {
    this.#numbers = new Int32Array(capacity)
  }

  /** Room for `count` more numbers, and where in it they begin. */
  extend(count: number): { numbers: Int32Array; at: number } {
    const at = this.length
    this.length += count
    if (this.length > this.#numbers.length) {
      const larger = new Int32Array(Math.max(this.length, this.#numbers.length * 2))
      larger.set(this.#numbers)
      this.#numbers = larger
    }
    return { numbers: this.#numbers, at }
  }

  push(number: number): void {
    const { numbers, at } = this.extend(1)
    numbers[at] = number
  }

  /** As they stand, until the next one is added. */
  view(): Int32Array {
    return this.#numbers.subarray(0, this.length)
  }
}
