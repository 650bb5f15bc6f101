import type { UserError } from '../../core/errors.ts'
import { high, murmurHash } from '../uint64.ts'
import type { Ngrams } from './ngrams.ts'
import type { MemoryWords } from './tables.ts'

/** Numbers of any width up to 57 bits, one after the other without gaps. */
class Bits {
  readonly #integers: Uint32Array

  constructor(integers: Uint32Array) {
    this.#integers = integers
  }

  /** At most 32 bits, as a signed integer. */
  read32(at: number, width: number): number {
    const word = Math.floor(at / 32)
    const shift = at - word * 32
    const low = this.#integers[word]! >>> shift
    const bits = shift === 0 ? low : low | (this.#integers[word + 1]! << (32 - shift))
    return width === 32 ? bits : bits & ((1 << width) - 1)
  }

  read(at: number, width: number): number {
    if (width <= 32) return this.read32(at, width) >>> 0
    return (this.read32(at + 32, width - 32) >>> 0) * 2 ** 32 + (this.read32(at, 32) >>> 0)
  }
}

/** How many bits numbers up to this one take. */
const bitsFor = (max: number): number => (max === 0 ? 0 : Math.floor(Math.log2(max)) + 1)

const floatOf = new Float32Array(1)
const bitsOf = new Int32Array(floatOf.buffer)
function asFloat(bits: number): number {
  bitsOf[0] = bits
  return floatOf[0]!
}

/** How a model stores weights: as they are, or as numbers of a table's entries. */
interface Weights {
  probabilityBits: number
  backoffBits: number
  quantised: boolean
}
const plainWeights: Weights = { probabilityBits: 31, backoffBits: 32, quantised: false }

/** The n-grams of one length, sorted by their last word, then the one before it, and so on. */
interface TrieLevel {
  /** The first of them in bits from the start of the file, and how many bits each takes. */
  start: number
  bits: number
  count: number
  nextBits: number
  /** High halves of where their own longer n-grams begin: entry `i` is the first n-gram from which on the half is `i`. */
  highs: { start: number; count: number } | null
  /** Tables of weights in units of four bytes, where there are such. */
  probabilities: number
  backoffs: number
}

/** What lies where in a model of KenLM's types `trie`, with quantised weights or compressed pointers or not; `start` in bytes. */
export function trieLayout({ integers }: MemoryWords, start: number, counts: readonly number[], quantised: boolean, compressed: boolean) {
  const byteAt = (at: number): number => (integers[at >>> 2]! >>> (8 * (at & 3))) & 0xff
  const order = counts.length
  let at = start + 8 + 8 * counts[0]!
  const weights = quantised ? { probabilityBits: byteAt(at + 1), backoffBits: byteAt(at + 2), quantised } : plainWeights
  const { probabilityBits, backoffBits } = weights
  const versions = quantised ? [[byteAt(at), 2]] : []
  let table = at / 4 + 2
  if (quantised) at += 8 + 4 * ((order - 2) * (2 ** probabilityBits + 2 ** backoffBits) + 2 ** probabilityBits)
  const words = at / 4
  at += 16 * (counts[0]! + 2)
  // the bits that may be cut off pointers stand at the start of the first level
  const maxChop = compressed && order > 2 ? byteAt(at + 1) : 0
  if (compressed && order > 2) versions.push([byteAt(at), 0])
  const levels = counts.slice(1).map((count, i): TrieLevel => {
    const longest = i === order - 2
    const maxNext = longest ? 0 : counts[i + 2]!
    const required = bitsFor(maxNext)
    const chop = longest || !compressed ? 0 : chopBits(count + 1, maxNext, Math.min(required, maxChop))
    let highs: TrieLevel['highs'] = null
    if (compressed && !longest) {
      const entries = Math.floor(maxNext / 2 ** (required - chop)) + 1
      highs = { start: Math.ceil(at / 8) * 2 + 2, count: entries }
      at += 8 * (1 + entries) + 7
    }
    const nextBits = required - chop
    const bits = bitsFor(counts[0]!) + probabilityBits + (longest ? 0 : backoffBits + nextBits)
    const level = { start: at * 8, bits, count, nextBits, highs, probabilities: table, backoffs: table + 2 ** probabilityBits }
    if (quantised) table += 2 ** probabilityBits + 2 ** backoffBits
    at += Math.floor(((1 + count) * bits + 7) / 8) + 8
    return level
  })
  return { vocabulary: start / 4, counts, weights, words, levels, end: at, understood: versions.every(([found, known]) => found === known) }
}
export type TrieLayout = ReturnType<typeof trieLayout>

/** How many high bits of pointers KenLM keeps apart, so that all takes the least room. */
function chopBits(maxOffset: number, maxNext: number, most: number): number {
  const required = bitsFor(maxNext)
  let [best, least] = [0, Number.POSITIVE_INFINITY]
  for (let chop = 0; chop <= most; chop++) {
    const change = Math.floor(maxNext / 2 ** (required - chop)) * 64 - maxOffset * chop
    if (change < least) [best, least] = [chop, change]
  }
  return best
}

/** N-grams in sorted arrays, one for each length; each n-gram says where those begin that are longer by a word before it. */
export class NgramTrie implements Ngrams {
  readonly order: number
  readonly words: number
  probability = 0
  backoff = 0
  extends = false
  readonly #integers: Uint32Array
  readonly #floats: Float32Array
  readonly #bits: Bits
  readonly #layout: TrieLayout
  readonly #wordBits: number
  readonly #vocabularySize: number
  readonly #damaged: () => UserError
  /** The n-grams of the next length that are longer than the last one found. */
  #begin = 0
  #end = 0

  constructor({ integers, floats }: MemoryWords, layout: TrieLayout, damaged: () => UserError) {
    this.order = layout.counts.length
    this.words = layout.counts[0]!
    this.#integers = integers
    this.#floats = floats
    this.#bits = new Bits(integers)
    this.#layout = layout
    this.#wordBits = bitsFor(layout.counts[0]!)
    this.#vocabularySize = integers[layout.vocabulary]!
    this.#damaged = damaged
    if (this.#vocabularySize > layout.counts[0]! || integers[layout.vocabulary + 1] !== 0) throw damaged()
  }

  /** Words are numbered in the order of their hashes, from 1. */
  wordOf(bytes: Uint8Array, start: number, end: number): number {
    const low = murmurHash(bytes, start, end) >>> 0
    const top = high >>> 0
    const first = this.#layout.vocabulary + 2
    let [from, to] = [0, this.#vocabularySize]
    while (from < to) {
      const middle = (from + to) >>> 1
      const at = first + 2 * middle
      const order = this.#integers[at + 1]! - top || this.#integers[at]! - low
      if (order === 0) return middle + 1
      if (order < 0) from = middle + 1
      else to = middle
    }
    return 0
  }

  findWord(word: number): void {
    const at = this.#layout.words + 4 * word
    this.probability = this.#floats[at]!
    this.backoff = this.#floats[at + 1]!
    this.#goOn(0, this.#integers[at + 2]! + this.#integers[at + 3]! * 2 ** 32, this.#integers[at + 6]! + this.#integers[at + 7]! * 2 ** 32)
  }

  findLonger(length: number, word: number): boolean {
    const level = this.#layout.levels[length - 2]!
    const index = this.#search(level, word)
    if (index === -1) return false
    const at = level.start + index * level.bits + this.#wordBits
    this.#readWeights(level, at, length === this.order)
    if (length === this.order) return true
    const { probabilityBits, backoffBits } = this.#layout.weights
    const next = at + probabilityBits + backoffBits
    let [begin, end] = [this.#bits.read(next, level.nextBits), this.#bits.read(next + level.bits, level.nextBits)]
    if (level.highs) {
      begin += this.#highOf(level.highs, index) * 2 ** level.nextBits
      end += this.#highOf(level.highs, index + 1) * 2 ** level.nextBits
    }
    this.#goOn(length - 1, begin, end)
    return true
  }

  #goOn(level: number, begin: number, end: number): void {
    if (begin > end || end > this.#layout.levels[level]!.count) throw this.#damaged()
    this.#begin = begin
    this.#end = end
    this.extends = begin < end
  }

  #readWeights(level: TrieLevel, at: number, longest: boolean): void {
    const { probabilityBits, backoffBits, quantised } = this.#layout.weights
    if (quantised) {
      const probabilityAt = longest ? at : at + backoffBits
      this.probability = this.#floats[level.probabilities + this.#bits.read32(probabilityAt, probabilityBits)]!
      if (!longest) this.backoff = this.#floats[level.backoffs + this.#bits.read32(at, backoffBits)]!
    } else {
      this.probability = asFloat(this.#bits.read32(at, 31) | 0x80000000)
      if (!longest) this.backoff = asFloat(this.#bits.read32(at + 31, 32))
    }
  }

  /** Which n-gram between `#begin` and `#end` has this word, or -1. Words are spread evenly enough to guess where. */
  #search(level: TrieLevel, word: number): number {
    let [before, after] = [this.#begin - 1, this.#end]
    let [least, most] = [0, this.#layout.counts[0]!]
    while (after - before > 1) {
      const width = after - before - 1
      const guess = Math.floor(((word - least) * width) / (most - least + 1))
      const index = before + 1 + Math.max(0, Math.min(guess, width - 1))
      const found = this.#bits.read32(level.start + index * level.bits, this.#wordBits) >>> 0
      if (found === word) return index
      if (found < word) [before, least] = [index, found]
      else [after, most] = [index, found]
    }
    return -1
  }

  /** The last high half that begins at or before this n-gram. */
  #highOf({ start, count }: { start: number; count: number }, index: number): number {
    let [from, to] = [0, count]
    while (from < to) {
      const middle = (from + to) >>> 1
      const first = this.#integers[start + 2 * middle]! + this.#integers[start + 2 * middle + 1]! * 2 ** 32
      if (first <= index) from = middle + 1
      else to = middle
    }
    return from - 1
  }
}
