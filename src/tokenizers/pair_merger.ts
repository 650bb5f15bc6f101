import { NumberHeap } from './number_heap.ts'

/** Heap entries are `rank * positions + position`. */
const positions = 2 ** 32
const noRank = -1

/** Pairs of tokens that may be merged: which comes first, and what they become. Tokens are below 2 ** 24. */
export class PairMerger {
  readonly #ranks = new Map<number, number>()
  readonly #results: number[] = []
  #tokens = new Int32Array(256)
  #next = new Int32Array(256)
  #previous = new Int32Array(256)
  readonly #queue = new NumberHeap()

  /** The next pair by rank. Of equal pairs the last counts. */
  add(left: number, right: number, result: number): void {
    this.#ranks.set(keyOf(left, right), this.#results.length)
    this.#results.push(result)
  }

  /** How many tokens are left of these when all pairs are merged: the lowest rank first, and of equal ones the leftmost. */
  count(tokens: readonly number[]): number {
    const { length } = tokens
    if (length < 2) return length
    this.#begin(tokens)
    const [own, next, previous] = [this.#tokens, this.#next, this.#previous]
    let count = length
    for (let entry = this.#queue.pop(); entry !== undefined; entry = this.#queue.pop()) {
      const rank = Math.floor(entry / positions)
      const left = entry - rank * positions
      // the pair may have changed since, or be gone
      if (own[left] === noRank || this.#rankAt(left, length) !== rank) continue
      const right = next[left]!
      own[left] = this.#results[rank]!
      own[right] = noRank
      next[left] = next[right]!
      if (next[left]! < length) previous[next[left]!] = left
      count--
      this.#push(left, length)
      if (previous[left]! >= 0) this.#push(previous[left]!, length)
    }
    return count
  }

  #begin(tokens: readonly number[]): void {
    const { length } = tokens
    if (length > this.#tokens.length) {
      this.#tokens = new Int32Array(length * 2)
      this.#next = new Int32Array(length * 2)
      this.#previous = new Int32Array(length * 2)
    }
    for (let i = 0; i < length; i++) {
      this.#tokens[i] = tokens[i]!
      this.#next[i] = i + 1
      this.#previous[i] = i - 1
    }
    for (let i = 0; i < length; i++) this.#push(i, length)
  }

  #rankAt(left: number, length: number): number {
    const right = this.#next[left]!
    return right < length ? (this.#ranks.get(keyOf(this.#tokens[left]!, this.#tokens[right]!)) ?? noRank) : noRank
  }

  #push(left: number, length: number): void {
    const rank = this.#rankAt(left, length)
    if (rank !== noRank) this.#queue.push(rank * positions + left)
  }
}

const keyOf = (left: number, right: number): number => left * 2 ** 24 + right
