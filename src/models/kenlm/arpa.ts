import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'
import { UserError } from '../../core/errors.ts'
import { high, murmurHash } from '../uint64.ts'
import { HashTable, keyTop, layoutOf, longerKey, type MemoryWords, type TableLayout } from './tables.ts'

/** KenLM's own default: half as many buckets more as there are n-grams. */
const multiplier = 1.5
/** log10 of the probability of an unknown word in a model that has none. */
const missingUnknown = -100

/** What an ARPA file becomes: numbers in memory that threads share, and where what is in it. */
export interface ArpaTables {
  words: MemoryWords
  layout: TableLayout
}

/** Read an ARPA file, gzipped or not, into hash tables as KenLM does. Throws a UserError for what is none. */
export async function readArpa(path: string): Promise<ArpaTables> {
  const reader = new ArpaReader(path)
  try {
    const file = createReadStream(path, { highWaterMark: 1 << 20 })
    await eachLine((await isGzip(path)) ? file.pipe(createGunzip()) : file, (line) => reader.read(line))
  } catch (error) {
    if (error instanceof Error && 'code' in error) throw new UserError(`${path} cannot be read (${error.code})`, 'fetch or build it again')
    throw error
  }
  return reader.finish()
}

/** Calls `found` with each line's bytes, without its end. */
async function eachLine(chunks: AsyncIterable<Uint8Array>, found: (line: Uint8Array) => void): Promise<void> {
  let rest: Uint8Array = new Uint8Array()
  for await (const chunk of chunks) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    let start = 0
    for (let end = bytes.indexOf(0x0a); end !== -1; end = bytes.indexOf(0x0a, start)) {
      found(bytes.subarray(start, end))
      start = end + 1
    }
    rest = bytes.subarray(start)
  }
  found(rest)
}

async function isGzip(path: string): Promise<boolean> {
  for await (const chunk of createReadStream(path, { end: 1 })) return chunk[0] === 0x1f && chunk[1] === 0x8b
  return false
}

const textOf = (bytes: Uint8Array, start = 0, end = bytes.length): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1')

const isSeparator = (byte: number | undefined): boolean => byte === undefined || byte === 0x20 || byte === 0x09 || byte === 0x0d

class ArpaReader {
  readonly #path: string
  readonly #counts: number[] = []
  /** Length of the n-grams that are being read; 0 before them, -1 before `\data\`. */
  #length = -1
  /** How many are still to come. */
  #left = 0
  #ended = false
  #lines = 0
  #words: MemoryWords = { integers: new Uint32Array(), floats: new Float32Array() }
  #layout: TableLayout = layoutOf([0, 0], multiplier)
  #vocabulary: HashTable | undefined
  #tables: HashTable[] = []
  #wordCount = 0
  #sawUnknown = false
  /** Words of an n-gram, the last first, and the keys of its last 2, 3, … words. */
  readonly #ids: number[] = []
  readonly #keysHigh: number[] = []
  readonly #keysLow: number[] = []

  constructor(path: string) {
    this.#path = path
  }

  read(line: Uint8Array): void {
    this.#lines++
    if (this.#left > 0) {
      this.#left--
      this.#readNgram(line)
      return
    }
    const text = textOf(line).trimEnd()
    const count = /^ngram (\d+)=(\d+)$/.exec(text)
    if (text === '' || (this.#length === -1 && text.startsWith('#'))) return
    if (this.#length === -1 && text === '\\data\\') this.#length = 0
    else if (this.#length === 0 && count && Number(count[1]) === this.#counts.length + 1) this.#counts.push(Number(count[2]))
    else if (this.#length >= 0 && text === `\\${this.#length + 1}-grams:`) this.#begin(this.#length + 1)
    else if (this.#length === this.#counts.length && text === '\\end\\') this.#ended = true
    else throw this.#wrong()
  }

  finish(): ArpaTables {
    if (!this.#ended || this.#left > 0) throw this.#wrong('it ends before \\end\\')
    if (!this.#sawUnknown) this.#setWeights(this.#layout.words.start, missingUnknown, 0)
    for (const word of ['<s>', '</s>']) if (this.#wordOf(Buffer.from(word)) === 0) throw this.#wrong(`it has no ${word}`)
    return { words: this.#words, layout: this.#layout }
  }

  #wrong(why = `line ${this.#lines} is not as it should be`): UserError {
    return new UserError(`${this.#path} is not an n-gram model, or a damaged one: ${why}`, 'expected a KenLM binary file or an .arpa file')
  }

  #begin(length: number): void {
    const count = this.#counts[length - 1]
    if (count === undefined || this.#counts.length < 2) throw this.#wrong()
    if (length === 1) this.#makeTables()
    this.#length = length
    this.#left = count
  }

  #makeTables(): void {
    const layout = layoutOf(this.#counts, multiplier)
    const buffer = new SharedArrayBuffer(layout.end * 4)
    const words = { integers: new Uint32Array(buffer), floats: new Float32Array(buffer) }
    this.#layout = layout
    this.#words = words
    this.#vocabulary = new HashTable(words, layout.vocabulary.start, layout.vocabulary.entry, layout.vocabulary.buckets)
    this.#tables = layout.tables.map(({ start, entry, buckets }) => new HashTable(words, start, entry, buckets))
  }

  // "-1.2\tthe river\t-0.3"
  #readNgram(line: Uint8Array): void {
    let end = nextSeparator(line, 0)
    const probability = Number.parseFloat(textOf(line, 0, end))
    if (!(probability <= 0)) throw this.#wrong()
    for (let i = this.#length - 1; i >= 0; i--) {
      const start = end + 1
      end = nextSeparator(line, start)
      if (end <= start) throw this.#wrong()
      this.#ids[i] = this.#length === 1 ? this.#addWord(line.subarray(start, end)) : this.#knownWord(line.subarray(start, end))
    }
    const backoff = line[end] === 0x09 ? Number.parseFloat(textOf(line, end + 1)) : 0
    if (!Number.isFinite(backoff) || (backoff !== 0 && this.#length === this.#counts.length)) throw this.#wrong()
    if (this.#length === 1) this.#setWeights(this.#weightsOfWord(this.#ids[0]!), probability, backoff)
    else this.#addNgram(probability, backoff)
  }

  #addWord(word: Uint8Array): number {
    if (isUnknown(word)) {
      this.#sawUnknown = true
      return 0
    }
    const low = murmurHash(word, 0, word.length)
    this.#words.integers[this.#vocabulary!.findOrAdd(high, low)] = ++this.#wordCount
    return this.#wordCount
  }

  #knownWord(word: Uint8Array): number {
    const id = this.#wordOf(word)
    if (id === 0 && !isUnknown(word)) throw this.#wrong(`line ${this.#lines} has a word that is no 1-gram`)
    return id
  }

  #wordOf(word: Uint8Array): number {
    const low = murmurHash(word, 0, word.length)
    const at = this.#vocabulary!.find(high, low)
    return at === -1 ? 0 : this.#words.integers[at]!
  }

  #addNgram(probability: number, backoff: number): void {
    const [length, ids] = [this.#length, this.#ids]
    let [keyHigh, keyLow] = [0, ids[0]!]
    for (let n = 2; n <= length; n++) {
      keyLow = longerKey(keyHigh, keyLow, ids[n - 1]!)
      keyHigh = keyTop
      this.#keysLow[n] = keyLow
      this.#keysHigh[n] = keyHigh
    }
    this.#setWeights(this.#placeOf(length), probability, backoff, length < this.#counts.length)
    this.#markLonger(length)
    const context = this.#contextOf(length - 1)
    if (context === -1) throw this.#wrong(`line ${this.#lines} has a beginning that is no n-gram`)
    this.#useBackoff(context)
  }

  /** Say in the n-gram's longest ending that it goes on, and add the endings that were pruned. */
  #markLonger(length: number): void {
    const blanks: number[] = []
    let ending = length - 1
    for (; ending > 1; ending--) {
      const { size } = this.#tables[ending - 2]!
      const at = this.#placeOf(ending)
      if (this.#tables[ending - 2]!.size === size) break
      blanks.push(at)
    }
    const known = ending === 1 ? this.#weightsOfWord(this.#ids[0]!) : this.#placeOf(ending)
    let probability = -Math.abs(this.#words.floats[known]!)
    for (let at = blanks.pop(); at !== undefined; at = blanks.pop(), ending++) {
      const context = this.#contextOf(ending)
      if (context !== -1) probability = Math.fround(probability + this.#useBackoff(context))
      this.#setWeights(at, probability, 0)
      this.#words.floats[at] = -this.#words.floats[at]!
    }
    this.#words.floats[known] = Math.abs(this.#words.floats[known]!)
  }

  /** Where the weights of the `length` words before the last are, or -1. */
  #contextOf(length: number): number {
    if (length === 1) return this.#weightsOfWord(this.#ids[1]!)
    let [keyHigh, keyLow] = [0, this.#ids[1]!]
    for (let n = 2; n <= length; n++) {
      keyLow = longerKey(keyHigh, keyLow, this.#ids[n]!)
      keyHigh = keyTop
    }
    return this.#tables[length - 2]!.find(keyHigh, keyLow)
  }

  /** The back-off of the weights at `at`, which from now on is not taken for one that nothing needs. */
  #useBackoff(at: number): number {
    this.#words.floats[at + 1]! += 0
    return this.#words.floats[at + 1]!
  }

  #weightsOfWord(word: number): number {
    return this.#layout.words.start + word * this.#layout.words.entry
  }

  /** Where the weights of the n-gram's last `length` words are or will be. */
  #placeOf(length: number): number {
    const at = this.#tables[length - 2]!.findOrAdd(this.#keysHigh[length]!, this.#keysLow[length]!)
    if (at === -1) throw this.#wrong('too many n-grams lack their endings')
    return at
  }

  /** Weights of an n-gram that nothing goes on with yet: both are negative, or -0. */
  #setWeights(at: number, probability: number, backoff: number, hasBackoff = true): void {
    this.#words.floats[at] = -Math.abs(probability)
    if (hasBackoff) this.#words.floats[at + 1] = backoff === 0 ? -0 : backoff
  }
}

const isUnknown = (word: Uint8Array): boolean => word.length === 5 && /^<(?:unk|UNK)>$/.test(textOf(word))

function nextSeparator(line: Uint8Array, start: number): number {
  let end = start
  while (!isSeparator(line[end])) end++
  return end
}
