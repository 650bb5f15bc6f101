import { ByteTrie } from '../byte_trie.ts'
import { pieceTypes, type VocabularyPiece } from './file.ts'
import { characterLength } from './normalizer.ts'
import type { Segmenter } from './segmenter.ts'

/** How much less likely than the least likely piece a character is that no piece covers. */
const unknownPenalty = 10
/** Sums so far from 0 begin anew there, so that floats do not lose the difference between pieces. */
const farthestSum = 100_000

/** Cuts a text into the pieces whose scores add up to most (Kudo 2018), by the Viterbi algorithm; sums are 32-bit floats as in the C++ program (0.2.3). */
export class Unigrams implements Segmenter {
  readonly #trie: ByteTrie
  readonly #scores: Float32Array
  readonly #userDefined: Uint8Array
  readonly #unknownScore: number
  /** Of the best path to each byte: its score, and where its last piece begins and which that is. */
  #best = new Float32Array(256)
  #starts = new Int32Array(256)
  #pieces = new Int32Array(256)

  constructor(pieces: readonly VocabularyPiece[]) {
    const { normal, userDefined } = pieceTypes
    const ids = [...pieces.keys()].filter((id) => pieces[id]!.type === normal || pieces[id]!.type === userDefined)
    const scores = pieces.filter(({ type }) => type === normal).map(({ score }) => score)
    this.#trie = new ByteTrie(
      ids.map((id) => pieces[id]!.bytes),
      ids,
    )
    this.#scores = Float32Array.from(pieces, ({ score }) => score)
    this.#userDefined = Uint8Array.from(pieces, ({ type }) => Number(type === userDefined))
    this.#unknownScore = Math.fround(scores.reduce((a, b) => Math.min(a, b), 3.4028234663852886e38) - unknownPenalty)
  }

  segment(bytes: Uint8Array, length: number, found: (end: number, piece: number) => void): void {
    this.#findBest(bytes, length)
    const ends: number[] = []
    for (let end = length; end > 0; end = this.#starts[end]!) ends.push(end)
    for (let end = ends.pop(); end !== undefined; end = ends.pop()) found(end, this.#pieces[end]!)
  }

  #findBest(bytes: Uint8Array, length: number): void {
    if (length >= this.#best.length) {
      this.#best = new Float32Array(length * 2)
      this.#starts = new Int32Array(length * 2)
      this.#pieces = new Int32Array(length * 2)
    }
    this.#starts.fill(-1, 0, length + 1)
    this.#best[0] = 0
    const { values } = this.#trie
    let farthest = 0
    for (let start = 0, step = 0; start < length; start += step) {
      if (Math.abs(this.#best[start]!) > farthestSum) this.#beginAnew(start, farthest)
      const before = this.#best[start]!
      step = Math.min(characterLength(bytes[start]!), length - start)
      let isCovered = false
      for (let node = 0, at = start; at < length; ) {
        node = this.#trie.child(node, bytes[at++]!)
        if (node === 0) break
        const piece = values[node]!
        if (piece === -1) continue
        farthest = Math.max(farthest, at)
        this.#offer(start, at, piece, Math.fround(this.#scoreOf(piece, at - start) + before))
        if (at - start === step) isCovered = true
      }
      if (isCovered) continue
      farthest = Math.max(farthest, start + step)
      this.#offer(start, start + step, -1, Math.fround(this.#unknownScore + before))
    }
  }

  /** Symbols that the user has defined score so high that they always win. */
  #scoreOf(piece: number, length: number): number {
    return this.#userDefined[piece] === 1 ? Math.fround(0.1 * (length - 1)) : this.#scores[piece]!
  }

  /** Take what the best path to `start` scores from all that end between there and `farthest`. */
  #beginAnew(start: number, farthest: number): void {
    const offset = this.#best[start]!
    for (let end = start; end <= farthest; end++) if (this.#starts[end] !== -1) this.#best[end]! -= offset
  }

  #offer(start: number, end: number, piece: number, score: number): void {
    if (this.#starts[end] !== -1 && !(score > this.#best[end]!)) return
    this.#best[end] = score
    this.#starts[end] = start
    this.#pieces[end] = piece
  }
}
