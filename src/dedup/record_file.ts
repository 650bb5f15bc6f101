import { crc32 } from 'node:zlib'
import { FileWriter } from '../formats/file_writer.ts'
import { bytesOf, intsOf, PartFile, readChecked, writeParts } from '../formats/part_file.ts'

/**
 * Records of so many 32-bit numbers, of which the first two are a key (low, high), in one or more sections. Each section is cut into slices by
 * the first bits of keys, so that any range of keys can be read on its own. The parts of the file are the slices of all sections; numbers are
 * little-endian.
 */
export interface RecordShape {
  ints: number
  /** A power of two. */
  slices: number
  sections: number
}

/** Write all sections, each given in any order; within a slice that order stays. */
export function writeRecords(path: string, sections: Iterable<Int32Array>, shape: RecordShape): void {
  const parts: Uint8Array[] = []
  for (const records of sections) parts.push(...scatter(records, shape))
  writeParts(path, parts)
}

/** The records of each slice. */
function scatter(records: Int32Array, { ints, slices }: RecordShape): Uint8Array[] {
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
  return Array.from({ length: slices }, (_, slice) => bytesOf(sorted.subarray(starts[slice]! * ints, starts[slice + 1]! * ints)))
}

/** Records of one section in slices [from, to), some at a time. Throws when they are not what was written. */
export function* readRecords(
  path: string,
  { slices, sections }: RecordShape,
  { section = 0, from, to }: { section?: number; from: number; to: number },
): Generator<Int32Array> {
  const file = new PartFile(path, sections * slices)
  try {
    for (const bytes of file.pieces({ from: section * slices + from, to: section * slices + to })) yield intsOf(bytes)
  } finally {
    file.close()
  }
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

/** Tasks that a job on side files is split into, which follows from the shards alone: about 16 GiB of compressed input each. */
export const tasksFor = (shards: number, least: number, most: number): number => Math.min(most, Math.max(least, Math.ceil(shards / 16)))
