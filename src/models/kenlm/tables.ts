import { high, multiply, murmurHash, remainder } from '../uint64.ts'
import type { Ngrams } from './ngrams.ts'

/** Numbers of a file or of memory, all of which lie at multiples of four bytes. */
export interface MemoryWords {
  integers: Uint32Array
  floats: Float32Array
}

/** A hash table of `buckets` entries in a row: a 64-bit key, which is never 0, and a value. */
export class HashTable {
  readonly #integers: Uint32Array
  readonly #start: number
  readonly #entry: number
  readonly #buckets: number
  /** Entries added. */
  size = 0

  /** `start` and `entry`, the length of an entry, are in units of four bytes. */
  constructor({ integers }: MemoryWords, start: number, entry: number, buckets: number) {
    this.#integers = integers
    this.#start = start
    this.#entry = entry
    this.#buckets = buckets
  }

  /** Where the value of a key is, or -1. */
  find(keyHigh: number, keyLow: number): number {
    const at = this.#slotOf(keyHigh, keyLow)
    return at === -1 || this.#isFree(at) ? -1 : at + 2
  }

  /** Where the value of a key is, or will be; -1 when the table is full. */
  findOrAdd(keyHigh: number, keyLow: number): number {
    const at = this.#slotOf(keyHigh, keyLow)
    if (at === -1 || !this.#isFree(at)) return at === -1 ? -1 : at + 2
    if (++this.size >= this.#buckets) return -1
    this.#integers[at] = keyLow
    this.#integers[at + 1] = keyHigh
    return at + 2
  }

  #slotOf(keyHigh: number, keyLow: number): number {
    const [low, top] = [keyLow >>> 0, keyHigh >>> 0]
    let bucket = remainder(keyHigh, keyLow, this.#buckets)
    for (let tries = 0; tries < this.#buckets; tries++) {
      const at = this.#start + bucket * this.#entry
      if ((this.#integers[at] === low && this.#integers[at + 1] === top) || this.#isFree(at)) return at
      if (++bucket === this.#buckets) bucket = 0
    }
    return -1
  }

  #isFree(at: number): boolean {
    return this.#integers[at] === 0 && this.#integers[at + 1] === 0
  }
}

/** How many buckets KenLM gives a table. */
export const bucketsOf = (entries: number, multiplier: number): number =>
  Math.max(entries + 1, Math.floor(Math.fround(multiplier * Math.fround(entries))))

const entryOfVocabulary = 3
/** Probability and back-off. */
const weights = 2

/** What lies where in a model of hash tables (KenLM's `probing`), in units of four bytes from `start`. */
export function layoutOf(counts: readonly number[], multiplier: number) {
  const vocabulary = { start: 2, entry: entryOfVocabulary, buckets: bucketsOf(counts[0]!, multiplier) }
  const words = { start: vocabulary.start + vocabulary.buckets * vocabulary.entry, entry: weights }
  let end = words.start + (counts[0]! + 1) * weights
  const tables = counts.slice(1).map((count, i) => {
    const table = { start: end, entry: 2 + (i === counts.length - 2 ? 1 : weights), buckets: bucketsOf(count, multiplier) }
    end += table.entry * table.buckets
    return table
  })
  return { counts, vocabulary, words, tables, end }
}
export type TableLayout = ReturnType<typeof layoutOf>

/** The key of an n-gram with one more word before it: from the one without it, or from the last word. */
export function longerKey(keyHigh: number, keyLow: number, word: number): number {
  const low = multiply(0, (word + 1) | 0, 0xf8574e12 | 0, 0x21634907)
  const top = high
  const product = multiply(keyHigh, keyLow, 0x7c9ba273, 0x3b63f585) ^ low
  keyTop = high ^ top
  return product
}
/** The high half of the last `longerKey`. */
export let keyTop = 0

/** N-grams in hash tables, one for each length; all that is compared is the hash. */
export class NgramTables implements Ngrams {
  readonly order: number
  readonly words: number
  probability = 0
  backoff = 0
  extends = false
  readonly #vocabulary: HashTable
  readonly #integers: Uint32Array
  readonly #floats: Float32Array
  readonly #words: TableLayout['words']
  readonly #tables: HashTable[]
  #keyHigh = 0
  #keyLow = 0

  /** `start` is where the layout begins in `words`. */
  constructor(words: MemoryWords, start: number, { counts, vocabulary, words: unigrams, tables }: TableLayout) {
    const tableAt = (table: typeof vocabulary): HashTable => new HashTable(words, start + table.start, table.entry, table.buckets)
    this.order = tables.length + 1
    this.words = counts[0]!
    this.#integers = words.integers
    this.#floats = words.floats
    this.#vocabulary = tableAt(vocabulary)
    this.#words = { ...unigrams, start: start + unigrams.start }
    this.#tables = tables.map(tableAt)
  }

  wordOf(bytes: Uint8Array, start: number, end: number): number {
    const low = murmurHash(bytes, start, end)
    const at = this.#vocabulary.find(high, low)
    return at === -1 ? 0 : this.#integers[at]!
  }

  findWord(word: number): void {
    this.#keyHigh = 0
    this.#keyLow = word
    this.#read(this.#words.start + word * this.#words.entry)
    this.backoff = this.#floats[this.#words.start + word * this.#words.entry + 1]!
  }

  findLonger(length: number, word: number): boolean {
    this.#keyLow = longerKey(this.#keyHigh, this.#keyLow, word)
    this.#keyHigh = keyTop
    const at = this.#tables[length - 2]!.find(this.#keyHigh, this.#keyLow)
    if (at === -1) return false
    this.#read(at)
    if (length < this.order) this.backoff = this.#floats[at + 1]!
    return true
  }

  /** No probability is positive; its sign says that no longer n-gram ends like this one. */
  #read(at: number): void {
    const weight = this.#floats[at]!
    this.probability = -Math.abs(weight)
    this.extends = (this.#integers[at]! & 0x80000000) === 0
  }
}
