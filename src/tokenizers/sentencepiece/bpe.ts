import { ByteStringTable, hashBytes } from '../byte_strings.ts'
import type { ByteTrie } from '../byte_trie.ts'
import { NumberHeap } from '../number_heap.ts'
import { pieceTypes, type VocabularyPiece } from './file.ts'
import { characterLength } from './normalizer.ts'
import type { Segmenter } from './segmenter.ts'

/** Heap entries are `rank * positions + position`. */
const positions = 2 ** 32
const noRank = -1

/** Merges characters into pieces, the pair with the highest score first and of equal ones the leftmost (Sennrich et al. 2016). */
export class BytePairs implements Segmenter {
  readonly #table: ByteStringTable
  /** By index in the table: the number of the piece, its rank by score from 0 for the highest, and whether it is only a step on the way. */
  readonly #ids: readonly number[]
  readonly #ranks: readonly number[]
  readonly #isUnused: readonly boolean[]
  /** Symbols that the user has defined: they are never merged. */
  readonly #frozen: ByteTrie
  /** A symbol reaches from its position to `#next` of it; `#pairs` holds the rank of merging it with the next. */
  #next = new Int32Array(256)
  #previous = new Int32Array(256)
  #pairs = new Int32Array(256)
  #isFrozen = new Uint8Array(256)
  readonly #queue = new NumberHeap()
  /** How unused pieces were merged: from two that meet here. */
  readonly #seams = new Map<string, number>()

  constructor(pieces: readonly VocabularyPiece[], frozen: ByteTrie) {
    const { normal, userDefined, unused } = pieceTypes
    const used = [...pieces.keys()].filter((id) => [normal, userDefined, unused].some((type) => type === pieces[id]!.type))
    const starts = [0]
    for (const id of used) starts.push(starts.at(-1)! + pieces[id]!.bytes.length)
    const scores = [...new Set(used.map((id) => pieces[id]!.score))].sort((a, b) => b - a)
    const rankOf = new Map(scores.map((score, rank) => [score, rank]))
    this.#table = new ByteStringTable(Buffer.concat(used.map((id) => pieces[id]!.bytes)), Uint32Array.from(starts))
    this.#ids = used
    this.#ranks = used.map((id) => rankOf.get(pieces[id]!.score)!)
    this.#isUnused = used.map((id) => pieces[id]!.type === unused)
    this.#frozen = frozen
  }

  segment(bytes: Uint8Array, length: number, found: (end: number, piece: number) => void): void {
    this.#begin(bytes, length)
    const [next, previous, pairs] = [this.#next, this.#previous, this.#pairs]
    for (let entry = this.#queue.pop(); entry !== undefined; entry = this.#queue.pop()) {
      const rank = Math.floor(entry / positions)
      const left = entry - rank * positions
      // the pair may have changed since
      if (pairs[left] !== rank) continue
      const right = next[left]!
      next[left] = next[right]!
      if (next[left]! < length) previous[next[left]!] = left
      pairs[right] = noRank
      this.#rank(bytes, left, length)
      if (previous[left]! >= 0) this.#rank(bytes, previous[left]!, length)
    }
    for (let at = 0; at < length; at = next[at]!) this.#give(bytes, at, next[at]!, found)
  }

  #begin(bytes: Uint8Array, length: number): void {
    if (length > this.#next.length) {
      this.#next = new Int32Array(length * 2)
      this.#previous = new Int32Array(length * 2)
      this.#pairs = new Int32Array(length * 2)
      this.#isFrozen = new Uint8Array(length * 2)
    }
    this.#seams.clear()
    for (let at = 0, before = -1; at < length; before = at, at = this.#next[at]!) {
      const frozen = this.#frozen.longest(bytes, at, length)
      this.#isFrozen[at] = Number(frozen > 0)
      this.#next[at] = at + (frozen || Math.min(characterLength(bytes[at]!), length - at))
      this.#previous[at] = before
    }
    for (let at = 0; at < length; at = this.#next[at]!) this.#rank(bytes, at, length)
  }

  /** Look up the rank of merging the symbol at `left` with the next one. */
  #rank(bytes: Uint8Array, left: number, length: number): void {
    const right = this.#next[left]!
    this.#pairs[left] = noRank
    if (right >= length || this.#isFrozen[left] === 1 || this.#isFrozen[right] === 1) return
    const index = this.#indexOf(bytes, left, this.#next[right]!)
    if (index === -1) return
    if (this.#isUnused[index]) this.#seams.set(textOf(bytes, left, this.#next[right]!), right - left)
    this.#pairs[left] = this.#ranks[index]!
    this.#queue.push(this.#ranks[index]! * positions + left)
  }

  #indexOf(bytes: Uint8Array, start: number, end: number): number {
    return end - start > this.#table.maxLength ? -1 : this.#table.indexOf(bytes, start, end, hashBytes(bytes, start, end))
  }

  /** Give a symbol as a piece, or an unused one as those that it was merged from. */
  #give(bytes: Uint8Array, start: number, end: number, found: (end: number, piece: number) => void): void {
    const index = this.#indexOf(bytes, start, end)
    const seam = index !== -1 && this.#isUnused[index] ? this.#seams.get(textOf(bytes, start, end)) : undefined
    if (seam === undefined) {
      found(end, index === -1 ? -1 : this.#ids[index]!)
    } else {
      this.#give(bytes, start, start + seam, found)
      this.#give(bytes, start + seam, end, found)
    }
  }
}

const textOf = (bytes: Uint8Array, start: number, end: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1')
