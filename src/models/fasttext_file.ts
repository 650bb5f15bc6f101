import { UserError } from '../core/errors.ts'
import { ByteStringTable } from './byte_strings.ts'

/** Rows of 32-bit floats, one after the other. */
export interface Matrix {
  rows: number
  columns: number
  values: Float32Array
}

export type Loss = 'hierarchical_softmax' | 'negative_sampling' | 'softmax' | 'one_vs_all'

/** What a supervised fastText model holds; quantised matrices come as the floats they stand for. */
export interface FastTextFile {
  dimensions: number
  loss: Loss
  /** Longest word n-gram with a vector of its own; 1 when only words have one. */
  wordNgrams: number
  /** Lengths in characters of the word parts that have a vector; `maxPart` 0 when none have. */
  minPart: number
  maxPart: number
  /** How many buckets word parts and word n-grams are hashed to; each has a row of `input`, after those of the words. */
  buckets: number
  /** Of a pruned model: which row each bucket has moved to, counted from the end of the words, or -1 when it is gone. */
  movedBuckets: Int32Array | null
  /** Words first, then labels. */
  entries: ByteStringTable
  wordCount: number
  labels: string[]
  /** How often each label occurred in training, most frequent first. */
  labelCounts: Float64Array
  input: Matrix
  output: Matrix
}

const magic = 793712314
const supervised = 3
/** No model has that many (the default is 2 million); a damaged file may ask for any amount of memory. */
const maxBuckets = 2 ** 27
const losses: Record<number, Loss> = { 1: 'hierarchical_softmax', 2: 'negative_sampling', 3: 'softmax', 4: 'one_vs_all' }

/** Read a `.bin` or `.ftz` file as fastText 0.2 and later write it (versions 11 and 12). Throws a UserError for any other. */
export function readFastTextFile(bytes: Uint8Array, name: string): FastTextFile {
  const reader = new Reader(bytes, name)
  const kind = bytes.length >= 8 ? reader.int32() : 0
  if (kind !== magic) throw new UserError(`${name} is not a fastText model`, 'expected a .bin or .ftz file of the fasttext program')
  const version = reader.int32()
  if (version !== 11 && version !== 12) {
    throw new UserError(`${name} is a fastText model of version ${version}`, 'versions 11 and 12 can be read')
  }
  const settings = readSettings(reader, version)
  const dictionary = readDictionary(reader, settings.buckets)
  const quantised = reader.boolean()
  const input = quantised ? readQuantised(reader) : readDense(reader)
  const output = reader.boolean() && quantised ? readQuantised(reader) : readDense(reader)

  const { dimensions, buckets, maxPart, wordNgrams } = settings
  const { bucketRows, ...entries } = dictionary
  reader.expect(input.columns === dimensions && output.columns === dimensions)
  reader.expect(input.rows === entries.wordCount + bucketRows && output.rows === entries.labels.length)
  reader.expect(buckets > 0 || (maxPart <= 0 && wordNgrams <= 1))
  return { ...settings, ...entries, input, output }
}

function readSettings(reader: Reader, version: number) {
  const dimensions = reader.int32()
  reader.skip(4 * 4) // ws, epoch, minCount, neg
  const wordNgrams = reader.int32()
  const loss = losses[reader.int32()]
  const model = reader.int32()
  const buckets = reader.int32()
  const minPart = reader.int32()
  const longestPart = reader.int32()
  // models of version 11 have no word parts, whatever they say
  const maxPart = version === 11 ? 0 : longestPart
  reader.skip(4 + 8) // lrUpdateRate, t
  if (model !== supervised) {
    throw new UserError(`${reader.name} holds word vectors, not a classifier`, 'train it with "fasttext supervised"')
  }
  reader.expect(dimensions > 0 && buckets >= 0 && buckets <= maxBuckets)
  if (loss === undefined) throw reader.damaged()
  return { dimensions, wordNgrams, loss, buckets, minPart, maxPart }
}

function readDictionary(reader: Reader, buckets: number) {
  const size = reader.int32()
  const wordCount = reader.int32()
  const labelCount = reader.int32()
  reader.skip(8) // number of tokens seen in training
  // -1 when the model is not pruned
  const pruned = reader.int64()
  reader.expect(wordCount >= 0 && labelCount > 0 && size === wordCount + labelCount)
  const starts: number[] = [0]
  const strings: Uint8Array[] = []
  const counts: number[] = []
  for (let i = 0; i < size; i++) {
    const string = reader.untilNul()
    strings.push(string)
    starts.push(starts.at(-1)! + string.length)
    counts.push(reader.int64())
    reader.expect(reader.boolean() === i >= wordCount)
  }
  return {
    entries: new ByteStringTable(Buffer.concat(strings), Uint32Array.from(starts)),
    wordCount,
    labels: strings.slice(wordCount).map((string) => Buffer.from(string).toString('utf8')),
    labelCounts: Float64Array.from(counts.slice(wordCount)),
    bucketRows: pruned < 0 ? buckets : pruned,
    movedBuckets: pruned < 0 ? null : readMovedBuckets(reader, pruned, buckets),
  }
}

function readMovedBuckets(reader: Reader, count: number, buckets: number): Int32Array {
  const moved = new Int32Array(buckets).fill(-1)
  for (let i = 0; i < count; i++) {
    const bucket = reader.int32()
    const row = reader.int32()
    reader.expect(bucket >= 0 && bucket < buckets && row >= 0 && row < count)
    moved[bucket] = row
  }
  return moved
}

function readDense(reader: Reader): Matrix {
  const rows = reader.int64()
  const columns = reader.int64()
  reader.expect(rows >= 0 && columns > 0)
  return { rows, columns, values: reader.floats(rows * columns) }
}

/** Product quantisation (Jégou 2011): each row is a sequence of codes, each of which stands for a few columns. */
function readQuantised(reader: Reader): Matrix {
  const normalised = reader.boolean()
  const rows = reader.int64()
  const columns = reader.int64()
  const codes = reader.take(reader.int32())
  const centroids = readCentroids(reader)
  const { parts, width } = centroids
  reader.expect(rows >= 0 && codes.length === rows * parts && centroids.columns === columns)
  const normCodes = normalised ? reader.take(rows) : null
  const norms = normalised ? readCentroids(reader) : null
  const values = new Float32Array(rows * columns)
  for (let row = 0; row < rows; row++) {
    const norm = norms ? norms.values[normCodes![row]!]! : 1
    for (let part = 0; part < parts; part++) {
      const from = centroids.offset(part, codes[row * parts + part]!)
      const to = row * columns + part * width
      const columnsLeft = Math.min(width, columns - part * width)
      for (let i = 0; i < columnsLeft; i++) values[to + i] = norm * centroids.values[from + i]!
    }
  }
  return { rows, columns, values }
}

const centroidsPerPart = 256

function readCentroids(reader: Reader) {
  const columns = reader.int32()
  const parts = reader.int32()
  const width = reader.int32()
  const lastWidth = reader.int32()
  reader.expect(columns > 0 && parts > 0 && (parts - 1) * width + lastWidth === columns && lastWidth > 0 && lastWidth <= width)
  const values = reader.floats(columns * centroidsPerPart)
  /** Where the centroid that `code` stands for begins; those of the last part may be narrower. */
  const offset = (part: number, code: number): number => part * centroidsPerPart * width + code * (part === parts - 1 ? lastWidth : width)
  return { columns, parts, width, values, offset }
}

/** Little-endian values, one after the other. */
class Reader {
  readonly name: string
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #at = 0

  constructor(bytes: Uint8Array, name: string) {
    this.name = name
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  damaged(): UserError {
    return new UserError(`${this.name} is a damaged fastText model`, `it is ${this.#bytes.length} bytes long; fetch or train it again`)
  }

  expect(condition: boolean): void {
    if (!condition) throw this.damaged()
  }

  /** Where the next `count` bytes begin; they are then behind the reader. */
  skip(count: number): number {
    const start = this.#at
    this.expect(count >= 0 && start + count <= this.#bytes.length)
    this.#at += count
    return start
  }

  take(count: number): Uint8Array {
    const start = this.skip(count)
    return this.#bytes.subarray(start, start + count)
  }

  boolean(): boolean {
    return this.#bytes[this.skip(1)] !== 0
  }

  int32(): number {
    return this.#view.getInt32(this.skip(4), true)
  }

  int64(): number {
    return Number(this.#view.getBigInt64(this.skip(8), true))
  }

  /** `count` 32-bit floats, copied: in the file they need not be aligned. */
  floats(count: number): Float32Array {
    const bytes = this.take(count * 4)
    const values = new Float32Array(count)
    new Uint8Array(values.buffer).set(bytes)
    return values
  }

  untilNul(): Uint8Array {
    const end = this.#bytes.indexOf(0, this.#at)
    this.expect(end >= 0)
    const string = this.take(end - this.#at)
    this.skip(1)
    return string
  }
}
