import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { UserError } from '../core/errors.ts'
import type { Ngrams } from './kenlm.ts'
import { readArpa } from './kenlm_arpa.ts'
import { layoutOf, NgramTables, type Words } from './kenlm_tables.ts'
import { NgramTrie, trieLayout } from './kenlm_trie.ts'

const magic = 'mmap lm http://kheafield.com/code format version 5\n\0'
/** After the magic bytes: 0, 1, −½, 1, the highest word number, 0 and 1 as this machine writes them. */
const sanity = [0, 0x3f800000, 0xbf000000, 1, 0xffffffff, 0, 1, 0]
const types = ['probing', 'probing with rest costs', 'trie', 'quantised trie', 'array-compressed trie', 'quantised array-compressed trie']
/** Of each type, the version that can be read. */
const versions = [0, undefined, 1, 1, 1, 1]

/** Read an n-gram model: a binary file of KenLM's format 5, or an ARPA file, gzipped or not. Throws a UserError for any other. */
export async function readKenLM(path: string): Promise<Ngrams> {
  const file = open(path)
  try {
    const start = new Uint8Array(magic.length)
    readSync(file, start, 0, start.length, 0)
    const text = Buffer.from(start).toString('latin1')
    if (text.startsWith('mmap lm')) {
      if (text === magic) return readBinary(readWhole(file), path)
      throw new UserError(
        `${path} is an unfinished KenLM file or of another format than 5`,
        'build it again from its .arpa: build_binary trie',
      )
    }
  } finally {
    closeSync(file)
  }
  return readArpa(path)
}

function open(path: string): number {
  try {
    return openSync(path, 'r')
  } catch (error) {
    throw new UserError(`${path} cannot be read (${(error as NodeJS.ErrnoException).code})`)
  }
}

/** A file of any size as numbers; `bytes` does not count the zeros at the end. */
function readWhole(file: number): Words & { bytes: number } {
  const bytes = fstatSync(file).size
  // bit fields are read with the word after them
  const buffer = new ArrayBuffer(Math.ceil(bytes / 4) * 4 + 8)
  for (let at = 0; at < bytes; ) {
    const read = readSync(file, new Uint8Array(buffer, at, Math.min(2 ** 30, bytes - at)), { position: at })
    if (read === 0) break
    at += read
  }
  return { integers: new Uint32Array(buffer), floats: new Float32Array(buffer), bytes }
}

const sanityAt = 14
const settingsAt = 22
const countsAt = 27
const maxOrder = 16

function readBinary(file: Words & { bytes: number }, path: string): Ngrams {
  const damaged = (): UserError =>
    new UserError(`${path} is a damaged KenLM file`, `it is ${file.bytes} bytes long; fetch or build it again`)
  const { integers } = file
  if (file.bytes < countsAt * 4) throw damaged()
  if (sanity.some((value, i) => integers[sanityAt + i] !== value)) throw damaged()
  const order = integers[settingsAt]! & 0xff
  const multiplier = file.floats[settingsAt + 1]!
  const type = integers[settingsAt + 2]!
  const hasWords = (integers[settingsAt + 3]! & 0xff) !== 0
  const version = integers[settingsAt + 4]!
  if (order < 2 || order > maxOrder || !(multiplier >= 1)) throw damaged()
  if (versions[type] !== version) {
    throw new UserError(
      `${path} is a KenLM file of type ${types[type] ?? type}, version ${version}`,
      'build it again from its .arpa: build_binary trie',
    )
  }
  const counts = Array.from({ length: order }, (_, i) => integers[countsAt + 2 * i]! + integers[countsAt + 2 * i + 1]! * 2 ** 32)
  const start = Math.ceil((countsAt * 4 + 8 * order) / 8) * 2
  if (counts.some((count) => count > file.bytes)) throw damaged()
  // KenLM writes the words themselves after the model, <unk> first
  const expectEnd = (end: number): void => {
    if (end > file.bytes || (hasWords && !holdsUnknown(file, end))) throw damaged()
  }
  if (type === 0) {
    const layout = layoutOf(counts, multiplier)
    expectEnd((start + layout.end) * 4)
    return new NgramTables(file, start, layout)
  }
  const layout = trieLayout(file, start * 4, counts, type === 3 || type === 5, type >= 4)
  if (!layout.understood) throw damaged()
  expectEnd(layout.end)
  return new NgramTrie(file, layout, damaged)
}

function holdsUnknown({ integers }: Words, end: number): boolean {
  const last = Buffer.from(integers.buffer as ArrayBuffer, end, 6)
  return last.toString('latin1') === '<unk>\0'
}
