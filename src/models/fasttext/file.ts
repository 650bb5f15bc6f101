import { UserError } from '../../core/errors.ts'
import { type ByteStrings, ByteStringTable } from '../../tokenizers/byte_strings.ts'
import { bytesSource, ModelReader, type ModelSource } from '../model_reader.ts'
import { readMatrix, readMatrixHead } from './matrix.ts'
import { allocate, type Matrix } from './memory.ts'

export type Loss = 'hierarchical_softmax' | 'negative_sampling' | 'softmax' | 'one_vs_all'

/**
 * What a supervised fastText model holds, as plain data: all that is large lies in memory that threads share.
 * Quantised matrices come as the floats they stand for.
 */
export interface FastTextFile {
  dimensions: number
  loss: Loss
  /** Whether its file is quantised. */
  quantised: boolean
  /** Longest word n-gram with a vector of its own; 1 when only words have one. */
  wordNgrams: number
  /** Lengths in characters of the word parts that have a vector; `maxPart` 0 when none have. */
  minPart: number
  maxPart: number
  /** How many buckets word parts and word n-grams are hashed to; each has a row of `input`, after those of the words. */
  buckets: number
  /** Of a pruned model: where in memory the table of buckets that are left is, how many slots it has, and a bit for each bucket that is in it. */
  moved: { at: number; slots: number; bits: number } | null
  /** Words first, then labels. */
  entries: ByteStrings
  wordCount: number
  labels: string[]
  /** How often each label occurred in training, most frequent first. */
  labelCounts: Float64Array
  memory: WebAssembly.Memory
  input: Matrix
  output: Matrix
  /** What products with the rows of `output` have to be multiplied with. */
  outputNorms: Float32Array | null
}

const magic = 793712314
const supervised = 3
/** No model has that many (the default is 2 million). */
const maxBuckets = 2 ** 27
const maxWordNgrams = 100
const maxPartLength = 100
const losses: Record<number, Loss> = { 1: 'hierarchical_softmax', 2: 'negative_sampling', 3: 'softmax', 4: 'one_vs_all' }

/** Whether a file begins as fastText's do. */
export const isFastText = (start: Uint8Array): boolean =>
  start.length >= 8 && new DataView(start.buffer, start.byteOffset).getInt32(0, true) === magic

/** Read a `.bin` or `.ftz` file as fastText 0.2 and later write it (versions 11 and 12). Throws a UserError for any other. */
export function readFastTextFile(file: Uint8Array | ModelSource, name: string): FastTextFile {
  const source = file instanceof Uint8Array ? bytesSource(file) : file
  const damaged = (): UserError =>
    new UserError(`${name} is a damaged fastText model`, `it is ${source.size} bytes long; fetch or train it again`)
  const reader = new ModelReader(source, damaged)
  const kind = source.size >= 8 ? reader.int32() : 0
  if (kind !== magic) throw new UserError(`${name} is not a fastText model`, 'expected a .bin or .ftz file of the fasttext program')
  const version = reader.int32()
  if (version !== 11 && version !== 12) {
    throw new UserError(`${name} is a fastText model of version ${version}`, 'versions 11 and 12 can be read')
  }
  const settings = readSettings(reader, version, name)
  const { bucketRows, moved: pairs, ...dictionary } = readDictionary(reader, settings.buckets)
  const { dimensions, buckets, maxPart, wordNgrams } = settings
  reader.expect(buckets > 0 || (maxPart <= 0 && wordNgrams <= 1))

  const quantised = reader.boolean()
  const inputHead = readMatrixHead(reader, quantised)
  const rows = dictionary.labels.length
  reader.expect(inputHead.columns === dimensions && inputHead.rows === dictionary.wordCount + bucketRows)
  const { memory, matrices, moreAt } = allocate(
    [inputHead, { rows, columns: dimensions }],
    pairs ? pairs.byteLength + Math.ceil(buckets / 8) : 0,
    name,
  )
  const [input, output] = matrices as [Matrix, Matrix]
  const moved = pairs && { at: moreAt, slots: pairs.length / 2, bits: moreAt + pairs.byteLength }
  if (pairs) placeMoved(pairs, memory, moreAt)
  readMatrix(reader, inputHead, memory, input, true)
  const outputHead = readMatrixHead(reader, reader.boolean() && quantised)
  reader.expect(outputHead.columns === dimensions && outputHead.rows === rows)
  const outputNorms = readMatrix(reader, outputHead, memory, output, false)
  return { ...settings, ...dictionary, moved, quantised, memory, input, output, outputNorms }
}

function readSettings(reader: ModelReader, version: number, name: string) {
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
    throw new UserError(`${name} holds word vectors, not a classifier`, 'train it with "fasttext supervised"')
  }
  reader.expect(
    dimensions > 0 &&
      wordNgrams <= maxWordNgrams &&
      maxPart <= maxPartLength &&
      buckets >= 0 &&
      buckets <= maxBuckets &&
      loss !== undefined,
  )
  return { dimensions, wordNgrams, loss: loss!, buckets, minPart, maxPart }
}

function readDictionary(reader: ModelReader, buckets: number) {
  const size = reader.int32()
  const wordCount = reader.int32()
  const labelCount = reader.int32()
  reader.skip(8) // number of tokens seen in training
  // -1 when the model is not pruned
  const pruned = reader.int64()
  reader.expect(wordCount >= 0 && labelCount > 0 && size === wordCount + labelCount)
  // an entry takes ten bytes and more
  reader.expect(size * 10 <= reader.left)
  const starts = new Uint32Array(new SharedArrayBuffer((size + 1) * 4))
  const labels: string[] = []
  const labelCounts = new Float64Array(labelCount)
  let bytes = new Uint8Array(1 << 16)
  for (let i = 0; i < size; i++) {
    const string = reader.untilNul()
    const start = starts[i]!
    if (start + string.length > bytes.length) bytes = enlarged(bytes, start + string.length)
    bytes.set(string, start)
    starts[i + 1] = start + string.length
    if (i >= wordCount) labels.push(Buffer.from(string).toString('utf8'))
    const count = reader.int64()
    if (i >= wordCount) labelCounts[i - wordCount] = count
    reader.expect(reader.boolean() === i >= wordCount)
  }
  const shared = inShared(bytes.subarray(0, starts[size]!), Uint8Array)
  const { hashes, slots, ...rest } = new ByteStringTable(shared, starts).strings
  return {
    entries: { ...rest, hashes: inShared(hashes, Int32Array), slots: inShared(slots, Int32Array) },
    wordCount,
    labels,
    labelCounts,
    bucketRows: pruned < 0 ? buckets : pruned,
    moved: pruned < 0 ? null : readMoved(reader, pruned, buckets),
  }
}

function enlarged(bytes: Uint8Array, needed: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.max(needed, bytes.length * 2))
  larger.set(bytes)
  return larger
}

function inShared<T extends Uint8Array | Int32Array>(values: T, make: new (buffer: SharedArrayBuffer) => T): T {
  const copy = new make(new SharedArrayBuffer(values.byteLength))
  copy.set(values)
  return copy
}

/** Pairs of a bucket and its row, in a table with open addressing; free slots hold -1 twice. */
function readMoved(reader: ModelReader, count: number, buckets: number): Int32Array {
  reader.expect(count * 8 <= reader.left)
  const mask = 2 ** Math.ceil(Math.log2(2 * count + 2)) - 1
  const moved = new Int32Array(2 * (mask + 1)).fill(-1)
  for (let i = 0; i < count; i++) {
    const [bucket, row] = [reader.int32(), reader.int32()]
    reader.expect(bucket >= 0 && bucket < buckets && row >= 0 && row < count)
    let slot = (Math.imul(bucket, 0x9e3779b1) >>> 7) & mask
    while (moved[2 * slot] !== -1 && moved[2 * slot] !== bucket) slot = (slot + 1) & mask
    moved[2 * slot] = bucket
    moved[2 * slot + 1] = row
  }
  return moved
}

function placeMoved(pairs: Int32Array, memory: WebAssembly.Memory, at: number): void {
  new Int32Array(memory.buffer, at, pairs.length).set(pairs)
  const bits = new Uint8Array(memory.buffer, at + pairs.byteLength)
  for (let i = 0; i < pairs.length; i += 2) if (pairs[i] !== -1) bits[pairs[i]! >>> 3]! |= 1 << (pairs[i]! & 7)
}
