import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads'
import { UserError } from '../../core/errors.ts'
import { readShared, readStart } from '../shared_file.ts'
import { type ArpaTables, readArpa } from './arpa.ts'
import type { Ngrams } from './ngrams.ts'
import { layoutOf, type MemoryWords, NgramTables } from './tables.ts'
import { NgramTrie, trieLayout } from './trie.ts'

const magic = 'mmap lm http://kheafield.com/code format version 5\n\0'
/** After the magic bytes: 0, 1, −½, 1, the highest word number, 0 and 1 as this machine writes them. */
const sanity = [0, 0x3f800000, 0xbf000000, 1, 0xffffffff, 0, 1, 0]
const types = ['probing', 'probing with rest costs', 'trie', 'quantised trie', 'array-compressed trie', 'quantised array-compressed trie']
/** Of each type, the version that can be read. */
const versions = [0, undefined, 1, 1, 1, 1]

/** Whether a file begins as a binary file of KenLM, which may be gigabytes and is used as it is. */
export const isKenLMBinary = (path: string): boolean => startOf(path).startsWith('mmap lm')

/** Whether a file may be an ARPA file: it begins as one, or is gzipped and named so. */
export const isArpa = (path: string): boolean => /^\s*\\data\\/.test(startOf(path)) || path.endsWith('.arpa.gz') || path.endsWith('.arpa')

const arpaKey = (path: string): string => `decant:arpa:${path}`

/** Read an ARPA file for all threads that are started from now on, until it is let go. */
export async function shareArpa(path: string): Promise<void> {
  setEnvironmentData(arpaKey(path), (await readArpa(path)) as never)
}

export const letGoOfArpa = (path: string): void => setEnvironmentData(arpaKey(path), undefined)

const startOf = (path: string): string => Buffer.from(readStart(path, magic.length)).toString('latin1')

/** Read an n-gram model: a binary file of KenLM's format 5, or an ARPA file, gzipped or not. Throws a UserError for any other. */
export async function readKenLM(path: string): Promise<Ngrams> {
  if (!isKenLMBinary(path)) {
    const { words, layout } = (getEnvironmentData(arpaKey(path)) as unknown as ArpaTables | undefined) ?? (await readArpa(path))
    return new NgramTables(words, 0, layout)
  }
  if (startOf(path) === magic) return readBinary(path)
  throw new UserError(`${path} is an unfinished KenLM file or of another format than 5`, 'build it again from its .arpa: build_binary trie')
}

const sanityAt = 14
const settingsAt = 22
const countsAt = 27
const maxOrder = 16

function readBinary(path: string): Ngrams {
  const { buffer, bytes } = readShared(path)
  const file: MemoryWords = { integers: new Uint32Array(buffer), floats: new Float32Array(buffer) }
  const damaged = (): UserError => new UserError(`${path} is a damaged KenLM file`, `it is ${bytes} bytes long; fetch or build it again`)
  const { integers } = file
  if (bytes < countsAt * 4) throw damaged()
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
  if (counts.some((count) => count > bytes)) throw damaged()
  // KenLM writes the words themselves after the model, <unk> first
  const expectEnd = (end: number): void => {
    if (end > bytes || (hasWords && !holdsUnknown(file, end))) throw damaged()
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

function holdsUnknown({ integers }: MemoryWords, end: number): boolean {
  const last = Buffer.from(integers.buffer, end, 6)
  return last.toString('latin1') === '<unk>\0'
}
