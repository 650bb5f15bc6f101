import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { didYouMean, UserError } from '../core/errors.ts'
import { ByteStringCache, fnvOffset, hashByte, Utf8Buffer } from './byte_strings.ts'
import { Dictionary, endOfText, isEndOfText } from './fasttext_dictionary.ts'
import { type FastTextFile, readFastTextFile } from './fasttext_file.ts'
import { type Output, outputLayer } from './fasttext_output.ts'

export interface Prediction {
  label: string
  /** As fastText reports it: about 1e-5 too high, so that it may exceed 1. */
  probability: number
}

const longestCachedWord = 24
const cacheBytes = 4 << 20

/**
 * A supervised fastText model (Joulin et al. 2016), which gives what the C++ program gives up to the order of float additions.
 * A line break counts as a space. As in fastText, the word `</s>` ends the text and words that begin with `__label__` are no part of it.
 */
export class FastText {
  /** Names as in the training file, such as `__label__en`, most frequent first. */
  readonly labels: readonly string[]
  readonly #file: FastTextFile
  readonly #dictionary: Dictionary
  readonly #output: Output
  readonly #text = new Utf8Buffer()
  /** Words seen lately, with the sum of their rows in `#cachedSums` and how many those are in `#cachedCounts`. */
  readonly #cache: ByteStringCache
  readonly #cachedSums: Float32Array
  readonly #cachedCounts: Int32Array
  /** Sum of the rows of a word, rounded to floats whether it is cached or not, so that the cache changes no bit of a result. */
  readonly #wordSum: Float32Array
  readonly #textSum: Float64Array

  constructor(file: FastTextFile) {
    const { dimensions } = file
    this.labels = file.labels
    this.#file = file
    this.#dictionary = new Dictionary(file)
    this.#output = outputLayer(file)
    const slots = 2 ** Math.floor(Math.log2(Math.max(1, cacheBytes / (4 * dimensions))))
    this.#cache = new ByteStringCache(slots, longestCachedWord)
    this.#cachedSums = new Float32Array(slots * dimensions)
    this.#cachedCounts = new Int32Array(slots)
    this.#wordSum = new Float32Array(dimensions)
    this.#textSum = new Float64Array(dimensions)
  }

  /** Probability of each of `labels`, or null when nothing in the text is known to the model. */
  probabilities(text: string): Float32Array | null {
    const rowCount = this.#sumRows(text)
    if (rowCount === 0) return null
    const mean = new Float32Array(this.#textSum.length)
    for (let i = 0; i < mean.length; i++) mean[i] = this.#textSum[i]! / rowCount
    return this.#output(mean)
  }

  /** The `count` most probable labels, best first; of equally probable ones, the more frequent first. */
  predict(text: string, count = 1): Prediction[] {
    const probabilities = this.probabilities(text) ?? []
    return Array.from(probabilities, (probability, i) => ({ label: this.labels[i]!, probability }))
      .filter(({ probability }) => probability > 0)
      .sort((a, b) => b.probability - a.probability)
      .slice(0, count)
  }

  /** Probability of one of `labels`; 0 when nothing in the text is known to the model. */
  probability(text: string, label: string): number {
    return this.probabilities(text)?.[indexOfLabel(this.labels, label)] ?? 0
  }

  /** Add the rows of everything in the text up in `#textSum`; returns their number. */
  #sumRows(text: string): number {
    const length = this.#text.encode(`${text} ${endOfText} `)
    const { bytes } = this.#text
    const wordHashes: number[] = []
    let rowCount = 0
    this.#textSum.fill(0)
    let start = -1
    let hash = fnvOffset
    for (let at = 0; at < length; at++) {
      const byte = bytes[at]!
      if (!isSpace(byte)) {
        if (start === -1) {
          start = at
          hash = fnvOffset
        }
        hash = hashByte(hash, byte)
        continue
      }
      if (start === -1) continue
      const added = this.#addWord(bytes, start, at, hash)
      if (added !== null) {
        rowCount += added
        wordHashes.push(hash)
      }
      if (isEndOfText(bytes, start, at)) break
      start = -1
    }
    return rowCount + this.#addWordNgrams(wordHashes)
  }

  /** Add a word's rows to `#textSum`; returns their number, or null when the word is a label. */
  #addWord(bytes: Uint8Array, start: number, end: number, hash: number): number | null {
    const { dimensions } = this.#file
    const known = this.#cache.find(bytes, start, end, hash)
    if (known !== -1) {
      this.#addToText(this.#cachedSums, known * dimensions)
      return this.#cachedCounts[known]!
    }
    const rows: number[] = []
    if (!this.#dictionary.addWord(bytes, start, end, hash, rows)) return null
    this.#addRows(rows)
    const slot = this.#cache.add(bytes, start, end, hash)
    if (slot !== -1) {
      this.#cachedSums.set(this.#wordSum, slot * dimensions)
      this.#cachedCounts[slot] = rows.length
    }
    return rows.length
  }

  #addWordNgrams(wordHashes: readonly number[]): number {
    if (this.#file.wordNgrams <= 1) return 0
    const rows: number[] = []
    this.#dictionary.addWordNgrams(wordHashes, rows)
    this.#addRows(rows)
    return rows.length
  }

  /** Add rows up in `#wordSum`, and that to `#textSum`. */
  #addRows(rows: readonly number[]): void {
    const { columns, values } = this.#file.input
    const sum = this.#wordSum
    sum.fill(0)
    for (const row of rows) {
      for (let i = 0, at = row * columns; i < columns; i++, at++) sum[i]! += values[at]!
    }
    this.#addToText(sum, 0)
  }

  #addToText(vectors: Float32Array, start: number): void {
    const sum = this.#textSum
    for (let i = 0; i < sum.length; i++) sum[i]! += vectors[start + i]!
  }
}

/** Position of a label. Throws a UserError when the model has none of that name. */
export function indexOfLabel(labels: readonly string[], label: string): number {
  const index = labels.indexOf(label)
  if (index >= 0) return index
  const close = didYouMean(label, labels)
  const some = labels.slice(0, 10).join(', ')
  throw new UserError(
    `the model has no label "${label}"${close ? `; did you mean ${close}?` : ''}`,
    `its labels: ${labels.length > 10 ? `${some} and ${labels.length - 10} more` : some}`,
  )
}

/** The `newlines` option of steps that give whole texts to a model. */
export const newlinesOption = z
  .enum(['space', 'nothing'])
  .default('space')
  .describe('what newlines are to the model: space, or nothing (which joins the words around them, as in FineWeb 1.0 and CCNet)')
export type Newlines = z.output<typeof newlinesOption>

/** The text as a model reads it. */
export const withoutNewlines = (text: string, newlines: Newlines): string => (newlines === 'space' ? text : text.replaceAll('\n', ''))

/** fastText's separators: ASCII white space and NUL. */
const isSpace = (byte: number): boolean => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d) || byte === 0

const loaded = new Map<string, FastText>()

/** Read a model, once per process and path. Throws a UserError when the file is none. */
export function loadFastText(path: string): FastText {
  let model = loaded.get(path)
  if (!model) {
    model = new FastText(readFastTextFile(readModelFile(path), path))
    loaded.set(path, model)
  }
  return model
}

function readModelFile(path: string): Uint8Array {
  try {
    return readFileSync(path)
  } catch (error) {
    throw new UserError(`${path} cannot be read (${(error as NodeJS.ErrnoException).code})`)
  }
}
