import { z } from 'zod'
import { UserError } from '../../core/errors.ts'
import { Utf8Buffer } from '../byte_strings.ts'
import { ByteTrie } from '../byte_trie.ts'
import { characterLength } from '../sentencepiece/normalizer.ts'
import { byteTokenNames } from './bytes.ts'
import { noUnknownToken } from './vocabulary.ts'

export const unigramSchema = z.looseObject({
  vocab: z.custom<readonly (readonly [token: string, score: number])[]>(
    (value) =>
      Array.isArray(value) && value.every((entry) => Array.isArray(entry) && typeof entry[0] === 'string' && typeof entry[1] === 'number'),
    'tokens and their scores are missing',
  ),
  unk_id: z.int().nonnegative().nullish(),
  byte_fallback: z.boolean().nullish(),
})
export type UnigramFile = z.output<typeof unigramSchema>

/** How much less likely than the least likely token a character is that no token covers. */
const unknownPenalty = 10

/** Counts by the path whose scores add up to most, as the library's models/unigram/model.rs finds it. */
export function unigramCounter(model: UnigramFile): (piece: string) => number {
  if (model.unk_id !== undefined && model.unk_id !== null && model.unk_id >= model.vocab.length)
    throw new UserError(`its unk_id ${model.unk_id} is not in the vocabulary`)
  const lattice = new Lattice(model)
  return (piece) => lattice.count(piece)
}

/** Unlike SentencePiece's own (sentencepiece_unigram.ts), sums are 64-bit floats, and every token counts whatever its type. */
class Lattice {
  readonly #trie: ByteTrie
  readonly #scores: Float64Array
  readonly #unknownScore: number
  readonly #unknown: number
  readonly #hasByte: boolean[]
  readonly #text = new Utf8Buffer()
  /** Of the best path to each byte: its score, where its last token begins (-1 where none ends) and which that is. */
  #best = new Float64Array(256)
  #starts = new Int32Array(256)
  #tokens = new Int32Array(256)

  constructor({ vocab, unk_id, byte_fallback }: UnigramFile) {
    this.#trie = new ByteTrie(
      vocab.map(([token]) => Buffer.from(token)),
      [...vocab.keys()],
    )
    this.#scores = Float64Array.from(vocab, ([, score]) => score)
    this.#unknownScore = this.#scores.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY) - unknownPenalty
    this.#unknown = unk_id ?? -1
    const names = new Set(byte_fallback ? vocab.map(([token]) => token) : [])
    this.#hasByte = byteTokenNames.map((name) => names.has(name))
  }

  count(piece: string): number {
    const length = this.#text.encode(piece)
    this.#findBest(length, piece)
    let count = 0
    // neighbours that are unknown are one token, or its bytes
    let end = -1
    let at = length
    for (; at > 0; at = this.#starts[at]!) {
      if (this.#tokens[at] === this.#unknown) {
        if (end === -1) end = at
        continue
      }
      if (end !== -1) count += this.#countUnknown(at, end)
      end = -1
      count++
    }
    return end === -1 ? count : count + this.#countUnknown(0, end)
  }

  #findBest(length: number, piece: string): void {
    if (length >= this.#best.length) {
      this.#best = new Float64Array(length * 2)
      this.#starts = new Int32Array(length * 2)
      this.#tokens = new Int32Array(length * 2)
    }
    this.#starts.fill(-1, 0, length + 1)
    this.#best[0] = 0
    const { bytes } = this.#text
    const { values } = this.#trie
    for (let start = 0, step = 0; start < length; start += step) {
      const before = this.#best[start]!
      step = characterLength(bytes[start]!)
      let isCovered = false
      for (let node = 0, at = start; at < length; ) {
        node = this.#trie.child(node, bytes[at++]!)
        if (node === 0) break
        const token = values[node]!
        if (token === -1) continue
        this.#offer(start, at, token, this.#scores[token]! + before)
        if (at - start === step) isCovered = true
      }
      if (isCovered) continue
      const score = this.#unknownScore + before
      if (this.#unknown === -1 && this.#isBetter(start + step, score)) throw noUnknownToken(piece)
      this.#offer(start, start + step, this.#unknown, score)
    }
  }

  #isBetter(end: number, score: number): boolean {
    return this.#starts[end] === -1 || score > this.#best[end]!
  }

  #offer(start: number, end: number, token: number, score: number): void {
    if (!this.#isBetter(end, score)) return
    this.#best[end] = score
    this.#starts[end] = start
    this.#tokens[end] = token
  }

  #countUnknown(start: number, end: number): number {
    const { bytes } = this.#text
    if (this.#trie.longest(bytes, start, end) === end - start) return 1
    for (let at = start; at < end; at++) if (!this.#hasByte[bytes[at]!]) return 1
    return end - start
  }
}
