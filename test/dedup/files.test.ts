import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DamagedFile } from '../../src/core/errors.ts'
import { readNumbers, readRecords, slicesOf, writeNumbers, writeRecords } from '../../src/dedup/record_file.ts'
import { type Block, BlockWriter, readBlocks } from '../../src/formats/block_file.ts'
import { PartFile, PartWriter, readParts, writeParts } from '../../src/formats/part_file.ts'
import { temporaryFolder } from '../support.ts'

const path = join(temporaryFolder(), 'file')
const int = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })

test('records come back by section and slice, in their order', () => {
  const section = fc.array(fc.tuple(int, int, int), { maxLength: 30 })
  fc.assert(
    fc.property(
      fc.array(section, { minLength: 1, maxLength: 3 }),
      fc.constantFrom(1, 2, 64, 256),
      fc.integer({ min: 1, max: 5 }),
      (sections, slices, tasks) => {
        const shape = { ints: 3, slices, sections: sections.length }
        writeRecords(
          path,
          sections.map((records) => Int32Array.from(records.flat())),
          shape,
        )
        for (const [i, records] of sections.entries()) {
          const sliceOf = ([, high]: number[]): number => Math.floor((high! >>> 0) / (2 ** 32 / slices))
          const expected = records
            .map((record, at) => ({ record, at }))
            .sort((a, b) => sliceOf(a.record) - sliceOf(b.record) || a.at - b.at)
          const read = Array.from({ length: tasks }, (_, task) => [
            ...[...readRecords(path, shape, { section: i, ...slicesOf(task, tasks, slices) })].flatMap((records) => [...records]),
          ])
          expect(read.flat()).toEqual(expected.flatMap(({ record }) => record))
        }
      },
    ),
    { numRuns: 50 },
  )
})

test('parts are written one by one, and read a few at a time', () => {
  const parts = [[1, 2, 3], [], Array.from({ length: 500 }, (_, i) => i % 7), [], [9], []].map((part) => Uint8Array.from(part))
  writeParts(path, parts)
  const whole = readFileSync(path)
  const writer = new PartWriter(path, parts.length)
  for (const [i, part] of parts.entries()) if (part.length > 0) writer.write(i, part)
  expect(() => writer.write(4, Uint8Array.of(1))).toThrow('part 4 comes after part 4')
  writer.close()
  expect(readFileSync(path)).toEqual(whole)
  const file = new PartFile(path, parts.length)
  const pieces = (from: number, to: number, most: number): number[] => [...file.pieces({ from, to }, most)].map(({ length }) => length)
  expect(pieces(0, 6, 1000)).toEqual([504])
  expect(pieces(0, 6, 10)).toEqual([3, 500, 1])
  expect(pieces(1, 2, 10)).toEqual([])
  file.close()
})

describe('a file that is not what was written', () => {
  const blocks: Block[] = [
    { numbers: [1, -2, 3], bytes: Uint8Array.of(1, 2, 3, 4) },
    { numbers: [0, 0, 0], bytes: Uint8Array.of() },
    { numbers: [5, 6, 7], bytes: Uint8Array.from({ length: 999 }, (_, i) => i % 251) },
  ]
  const shape = { ints: 2, slices: 4, sections: 1 }
  const parts = [Uint8Array.of(1, 2, 3), Uint8Array.of(), Uint8Array.from({ length: 500 }, (_, i) => i % 7)]
  const files: Record<string, { write(): void; read(): unknown }> = {
    records: {
      write: () => writeRecords(path, [Int32Array.from({ length: 40 }, (_, i) => Math.imul(i, 0x9e3779b1))], shape),
      read: () => [...readRecords(path, shape, { from: 0, to: 4 })],
    },
    parts: {
      write: () => writeParts(path, parts),
      read: () => readParts(path, parts.length, { from: 0, to: parts.length }),
    },
    numbers: { write: () => writeNumbers(path, Int32Array.of(3, 1, 2 ** 31 - 1)), read: () => readNumbers(path) },
    blocks: {
      write() {
        const writer = new BlockWriter(path)
        for (const block of blocks) writer.add(block)
        writer.close()
      },
      read: () => [...readBlocks(path)].map(({ numbers, bytes }) => ({ numbers, bytes: Uint8Array.from(bytes) })),
    },
  }

  test('whole files are read', () => {
    files['numbers']!.write()
    expect(files['numbers']!.read()).toEqual(Uint32Array.of(3, 1, 2 ** 31 - 1))
    files['parts']!.write()
    expect([0, 1, 2].map((i) => readParts(path, 3, { from: i, to: i + 1 }))).toEqual(parts.map((part) => Buffer.from(part)))
    files['blocks']!.write()
    expect(files['blocks']!.read()).toEqual(blocks)
    expect([...readBlocks(path, (bytes) => bytes === 4)]).toHaveLength(1)
  })

  test.each(Object.keys(files))('%s: any bit flipped, or the end missing', (name) => {
    const { write, read } = files[name]!
    write()
    const sound = readFileSync(path)
    for (let at = 0; at < sound.length; at++) {
      const bytes = Buffer.from(sound)
      bytes[at]! ^= 1 << (at % 8)
      writeFileSync(path, bytes)
      expect(read).toThrow(DamagedFile)
    }
    writeFileSync(path, sound.subarray(0, -3))
    expect(read).toThrow(DamagedFile)
  })
})
