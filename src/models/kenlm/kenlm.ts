import { Utf8Buffer } from '../../tokenizers/byte_strings.ts'
import { readKenLM } from './file.ts'
import type { Ngrams } from './ngrams.ts'

/** The words that the next word's probability may depend on, the nearest first, and what they are charged when it does not. */
interface Context {
  length: number
  words: Int32Array
  backoffs: Float32Array
}

const contextOf = (order: number): Context => ({ length: 0, words: new Int32Array(order), backoffs: new Float32Array(order) })

/** An n-gram language model with back-off, which gives what KenLM (Heafield 2011) gives, to the bit. */
export class KenLM {
  readonly #ngrams: Ngrams
  readonly #text = new Utf8Buffer()
  readonly #start: number
  readonly #end: number
  #context: Context
  #next: Context

  constructor(ngrams: Ngrams) {
    this.#ngrams = ngrams
    this.#context = contextOf(ngrams.order)
    this.#next = contextOf(ngrams.order)
    this.#start = this.#wordOf('<s>')
    this.#end = this.#wordOf('</s>')
  }

  /** log10 of the probability of a sentence: its words, between ASCII white space, and its end. */
  score(sentence: string): number {
    this.#begin()
    const length = this.#text.encode(sentence)
    const { bytes } = this.#text
    let sum = 0
    for (let start = 0, at = 0; at <= length; at++) {
      if (at < length && !isSpace(bytes[at]!)) continue
      if (at > start) sum = Math.fround(sum + this.#scoreWord(this.#ngrams.wordOf(bytes, start, at)))
      start = at + 1
    }
    return Math.fround(sum + this.#scoreWord(this.#end))
  }

  #begin(): void {
    this.#ngrams.findWord(this.#start)
    this.#context.length = 1
    this.#context.words[0] = this.#start
    this.#context.backoffs[0] = this.#ngrams.backoff
  }

  /** log10 of a word's probability after the context, which then has it. */
  #scoreWord(word: number): number {
    const [ngrams, context, next] = [this.#ngrams, this.#context, this.#next]
    ngrams.findWord(word)
    let { probability } = ngrams
    let length = 1
    next.words[0] = word
    next.backoffs[0] = ngrams.backoff
    next.length = isContinued(ngrams.backoff) ? 1 : 0
    while (length <= context.length && ngrams.extends && ngrams.findLonger(length + 1, context.words[length - 1]!)) {
      probability = ngrams.probability
      if (++length === ngrams.order) break
      next.backoffs[length - 1] = ngrams.backoff
      if (isContinued(ngrams.backoff)) next.length = length
    }
    for (let i = length - 1; i < context.length; i++) probability = Math.fround(probability + context.backoffs[i]!)
    for (let i = 1; i < next.length; i++) next.words[i] = context.words[i - 1]!
    this.#context = next
    this.#next = context
    return probability
  }

  #wordOf(word: string): number {
    const length = this.#text.encode(word)
    return this.#ngrams.wordOf(this.#text.bytes, 0, length)
  }
}

const isContinued = (backoff: number): boolean => !Object.is(backoff, -0)

const isSpace = (byte: number): boolean => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d)

const loaded = new Map<string, Promise<KenLM>>()

/** Read a model, once per thread and path. Throws a UserError when the file is none. */
export function loadKenLM(path: string): Promise<KenLM> {
  let model = loaded.get(path)
  if (!model) {
    model = readKenLM(path).then((ngrams) => new KenLM(ngrams))
    loaded.set(path, model)
  }
  return model
}
