import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads'
import { z } from 'zod'
import { unknownName } from '../../core/errors.ts'
import { ByteStringCache, fnvOffset, hashByte, Utf8Buffer } from '../../tokenizers/byte_strings.ts'
import { withFile } from '../model_reader.ts'
import { bestFirst } from './best.ts'
import { endOfText, isEndOfText, wordFinder } from './dictionary.ts'
import { type FastTextFile, readFastTextFile } from './file.ts'
import { type Workplace, workplaceIn } from './memory.ts'
import { outputLayer } from './output.ts'

export interface Prediction {
  label: string
  /** As fastText reports it: about 1e-5 too high, so that it may exceed 1. */
  probability: number
}

const longestCachedWord = 24
const cachedWords = 1 << 15
const cachedRows = 1 << 20

/**
 * A supervised fastText model (Joulin et al. 2016), which gives what the C++ program gives: floats are added up in its order.
 * A line break counts as a space. As in fastText, the word `</s>` ends the text and words that begin with `__label__` are no part of it.
 */
export class FastText {
  /** Names as in the training file, such as `__label__en`, most frequent first. */
  readonly labels: readonly string[]
  readonly file: FastTextFile
  readonly #findWord: ReturnType<typeof wordFinder>
  readonly #output: () => Float32Array
  readonly #place: Workplace
  readonly #text = new Utf8Buffer()
  /** Words seen lately; the rows of each are `#cachedRows[at, at + count)`. */
  readonly #cache = new ByteStringCache(cachedWords, longestCachedWord)
  readonly #cachedAt = new Int32Array(cachedWords)
  readonly #cachedCounts = new Int32Array(cachedWords)
  readonly #cachedRows = new Int32Array(cachedRows)
  #cachedEnd = 0
  /** Rows that wait to be added up, and how many of the text have been. */
  #waiting = 0
  #rowCount = 0
  #wordHashes = new Int32Array(1024)

  constructor(file: FastTextFile) {
    this.labels = file.labels
    this.file = file
    this.#place = workplaceIn(file.memory, file.dimensions, file.labels.length)
    const { buckets, wordCount, moved } = file
    if (buckets > 0) this.#place.kernels.describeBuckets(buckets, wordCount, moved?.at ?? 0, moved ? moved.slots - 1 : 0, moved?.bits ?? 0)
    this.#findWord = wordFinder(file, this.#place, (at) => {
      this.#waiting = at
      this.#flush()
      return 0
    })
    this.#output = outputLayer(file, this.#place)
  }

  /** Probability of each of `labels`, or null when nothing in the text is known to the model. */
  probabilities(text: string): Float32Array | null {
    const rowCount = this.#sumRows(text)
    if (rowCount === 0) return null
    const { sum } = this.#place
    const share = Math.fround(1 / rowCount)
    for (let i = 0; i < sum.length; i++) sum[i] = sum[i]! * share
    return this.#output()
  }

  /** The `count` most probable labels, best first; equally probable ones stand as the program puts them. */
  predict(text: string, count = 1): Prediction[] {
    const probabilities = this.probabilities(text)
    if (!probabilities) return []
    return bestFirst(probabilities, count).map((i) => ({ label: this.labels[i]!, probability: probabilities[i]! }))
  }

  /** Probability of one of `labels`; 0 when nothing in the text is known to the model. */
  probability(text: string, label: string): number {
    return this.probabilities(text)?.[indexOfLabel(this.labels, label)] ?? 0
  }

  /** Add the rows of everything in the text up in the sum of `#place`; returns their number. */
  #sumRows(text: string): number {
    const length = this.#text.encode(text, endOfText)
    const { bytes } = this.#text
    const keepHashes = this.file.wordNgrams > 1
    let words = 0
    this.#place.sum.fill(0)
    this.#rowCount = 0
    for (let at = 0; at < length; at++) {
      if (isSpace(bytes[at]!)) continue
      const start = at
      let hash = fnvOffset
      for (; at < length && !isSpace(bytes[at]!); at++) hash = hashByte(hash, bytes[at]!)
      if (this.#addWord(bytes, start, at, hash) && keepHashes) {
        if (words === this.#wordHashes.length) this.#wordHashes = enlarged(this.#wordHashes)
        this.#wordHashes[words++] = hash
      }
      if (isEndOfText(bytes, start, at)) break
    }
    if (keepHashes) this.#addWordNgrams(words)
    this.#flush()
    return this.#rowCount
  }

  /** Add a word's rows; false when the word is a label. */
  #addWord(bytes: Uint8Array, start: number, end: number, hash: number): boolean {
    const slot = this.#cache.find(bytes, start, end, hash)
    if (slot !== -1) {
      this.#addKnown(this.#cachedAt[slot]!, this.#cachedCounts[slot]!)
      return true
    }
    if (this.#waiting > this.#place.rows.length / 2) this.#flush()
    const first = this.#waiting
    const last = this.#findWord(bytes, start, end, hash, first)
    if (last === -1) return false
    this.#waiting = last
    this.#remember(bytes, start, end, hash, first, last - first)
    return true
  }

  #addKnown(at: number, count: number): void {
    const { rows } = this.#place
    if (this.#waiting + count > rows.length) this.#flush()
    const known = this.#cachedRows
    for (let i = 0, to = this.#waiting; i < count; i++) rows[to++] = known[at + i]!
    this.#waiting += count
  }

  /** A word is short enough for all its rows to be there still. */
  #remember(bytes: Uint8Array, start: number, end: number, hash: number, first: number, count: number): void {
    if (end - start > longestCachedWord) return
    if (this.#cachedEnd + count > cachedRows) {
      this.#cache.clear()
      this.#cachedEnd = 0
    }
    const slot = this.#cache.add(bytes, start, end, hash)
    if (slot === -1) return
    this.#cachedRows.set(this.#place.rows.subarray(first, first + count), this.#cachedEnd)
    this.#cachedAt[slot] = this.#cachedEnd
    this.#cachedCounts[slot] = count
    this.#cachedEnd += count
  }

  #addWordNgrams(words: number): void {
    const { kernels, hashes, hashesAt, rows, rowsAt } = this.#place
    const { wordNgrams } = this.file
    const firsts = Math.floor(rows.length / wordNgrams)
    for (let from = 0; from < words; from += firsts) {
      this.#flush()
      const seen = this.#wordHashes.subarray(from, Math.min(words, from + firsts + wordNgrams))
      hashes.set(seen)
      const to = Math.min(firsts, words - from)
      this.#waiting = kernels.ngramRows(hashesAt, seen.length, to, wordNgrams, rowsAt)
    }
  }

  /** Add the rows that wait up. */
  #flush(): void {
    if (this.#waiting === 0) return
    const { kernels, rowsAt, sumAt } = this.#place
    const { at, stride } = this.file.input
    kernels.addRows(at, stride, rowsAt, this.#waiting, sumAt)
    this.#rowCount += this.#waiting
    this.#waiting = 0
  }
}

function enlarged(hashes: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(hashes.length * 2)
  larger.set(hashes)
  return larger
}

/** Position of a label. Throws a UserError when the model has none of that name. */
export function indexOfLabel(labels: readonly string[], label: string): number {
  const index = labels.indexOf(label)
  if (index >= 0) return index
  const some = labels.slice(0, 10).join(', ')
  const hint = `its labels: ${labels.length > 10 ? `${some} and ${labels.length - 10} more` : some}`
  throw unknownName(`the model has no label "${label}"`, label, labels, hint)
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
const keyOf = (path: string): string => `decant:fasttext:${path}`

/** Read a model, or take the one that is shared, once per thread and path. Throws a UserError when the file is none. */
export function loadFastText(path: string): FastText {
  let model = loaded.get(path)
  if (!model) {
    model = new FastText((getEnvironmentData(keyOf(path)) as unknown as FastTextFile | undefined) ?? readModel(path))
    loaded.set(path, model)
  }
  return model
}

/** Read a model for all threads that are started from now on, until it is let go: its numbers are in memory once. */
export function shareFastText(path: string): void {
  setEnvironmentData(keyOf(path), (loaded.get(path)?.file ?? readModel(path)) as never)
}

export const letGoOfFastText = (path: string): void => setEnvironmentData(keyOf(path), undefined)

const readModel = (path: string): FastTextFile => withFile(path, (source) => readFastTextFile(source, path))

export { isFastText } from './file.ts'
