import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { endOfText, openTokenFiles } from '../../src/sample/token_files.ts'
import { temporaryFolder } from '../support.ts'

const dir = temporaryFolder()
const documents = [[1, 2], [], [65_535, -1]]
const write = (name: string, format: 'datatrove' | 'megatron'): number => {
  const files = openTokenFiles(join(dir, name), format)
  for (const tokens of documents) files.write(tokens)
  return files.close()
}
const bytes = (name: string): Buffer => readFileSync(join(dir, name))
const halves = (name: string): number[] => Array.from({ length: bytes(name).length / 2 }, (_, i) => bytes(name).readUInt16LE(2 * i))
const tokens = [1, 2, endOfText, endOfText, 65_535, endOfText, endOfText]

test('datatrove: 16-bit tokens, 64-bit ends of documents, and how many there are', () => {
  expect(write('a', 'datatrove')).toBe(7)
  expect(halves('a.ds')).toEqual(tokens)
  const ends = Array.from({ length: 3 }, (_, i) => bytes('a.ds.index').readBigUInt64LE(8 * i))
  expect([ends, bytes('a.ds.index').length]).toEqual([[3n, 4n, 7n], 24])
  expect(bytes('a.ds.metadata').toString()).toBe('gpt2|2\n7\n0.00000700MT')
})

test('Megatron: a header, sizes, starts in bytes, and the sequence of each document', () => {
  expect(write('b', 'megatron')).toBe(7)
  expect(halves('b.bin')).toEqual(tokens)
  const index = bytes('b.idx')
  expect(index.subarray(0, 9).toString('latin1')).toBe('MMIDIDX\0\0')
  expect([index.readBigUInt64LE(9), index.readUInt8(17), index.readBigUInt64LE(18), index.readBigUInt64LE(26)]).toEqual([1n, 8, 3n, 4n])
  expect([0, 1, 2].map((i) => index.readInt32LE(34 + 4 * i))).toEqual([3, 1, 3])
  expect([0, 1, 2].map((i) => index.readBigInt64LE(46 + 8 * i))).toEqual([0n, 6n, 8n])
  expect([0, 1, 2, 3].map((i) => index.readBigInt64LE(70 + 8 * i))).toEqual([0n, 1n, 2n, 3n])
  expect(index.length).toBe(102)
})

test('what is discarded has no index', () => {
  const files = openTokenFiles(join(dir, 'c'), 'datatrove')
  files.write([1])
  files.discard()
  expect(readdirSync(dir).filter((name) => name.startsWith('c.'))).toEqual(['c.ds'])
})
