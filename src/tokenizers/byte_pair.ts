import { readFileSync } from 'node:fs'
import { ByteStringCache, ByteStringTable, hashBytes } from './byte_strings.ts'
import { NumberHeap } from './number_heap.ts'

const longestCachedPiece = 64
/** Heap entries are `rank * positions + position`: exact, as ranks stay below 2^20. */
const positions = 2 ** 32
const noRank = -1

/**
 * Byte pair encoding (Sennrich et al. 2016) of UTF-8 bytes. Neighbouring tokens are merged, the pair of lowest rank first and of
 * equal ones the leftmost, until no two make a token. Takes time n log n for any piece; tiktoken's own loop takes n².
 */
export class BytePairVocabulary {
  /** Tokens by rank. */
  readonly #tokens: ByteStringTable
  /** Pieces counted lately, with their number of tokens in `#cachedCounts`. */
  readonly #cache = new ByteStringCache(1 << 17, longestCachedPiece)
  readonly #cachedCounts = new Uint8Array(this.#cache.slots)
  /** While a piece is merged, a token reaches from its position to `#next` of it, and `#ranks` holds the rank of merging it with the next. */
  #next = new Int32Array(256)
  #previous = new Int32Array(256)
  #ranks = new Int32Array(256)
  readonly #queue = new NumberHeap()

  constructor(tokens: ByteStringTable) {
    this.#tokens = tokens
  }

  /** Number of tokens of the piece `bytes[start, end)`, which must not be empty. */
  count(bytes: Uint8Array, start: number, end: number): number {
    const hash = hashBytes(bytes, start, end)
    if (this.#tokens.indexOf(bytes, start, end, hash) !== noRank) return 1
    const known = this.#cache.find(bytes, start, end, hash)
    if (known !== -1) return this.#cachedCounts[known]!
    const count = this.#merge(bytes.subarray(start, end))
    const slot = this.#cache.add(bytes, start, end, hash)
    if (slot !== -1) this.#cachedCounts[slot] = count
    return count
  }

  /** Add the tokens of the piece `bytes[start, end)`, which must not be empty, to a list. */
  encode(bytes: Uint8Array, start: number, end: number, tokens: number[]): void {
    const whole = this.#tokens.indexOf(bytes, start, end, hashBytes(bytes, start, end))
    if (whole !== noRank) {
      tokens.push(whole)
      return
    }
    const piece = bytes.subarray(start, end)
    this.#merge(piece)
    for (let at = 0; at < piece.length; at = this.#next[at]!) {
      tokens.push(this.#tokens.indexOf(piece, at, this.#next[at]!, hashBytes(piece, at, this.#next[at]!)))
    }
  }

  #merge(piece: Uint8Array): number {
    this.#begin(piece)
    const [next, previous, ranks] = [this.#next, this.#previous, this.#ranks]
    let count = piece.length
    for (let entry = this.#queue.pop(); entry !== undefined; entry = this.#queue.pop()) {
      const rank = Math.floor(entry / positions)
      const left = entry - rank * positions
      // the pair may have changed since; no two pairs at one position have the same rank
      if (ranks[left] !== rank) continue
      const right = next[left]!
      next[left] = next[right]!
      if (next[left]! < piece.length) previous[next[left]!] = left
      ranks[right] = noRank
      count--
      this.#rank(piece, left)
      if (previous[left]! >= 0) this.#rank(piece, previous[left]!)
    }
    return count
  }

  /** Every byte is a token, and every pair waits for its turn. */
  #begin(piece: Uint8Array): void {
    if (piece.length > this.#next.length) {
      this.#next = new Int32Array(piece.length * 2)
      this.#previous = new Int32Array(piece.length * 2)
      this.#ranks = new Int32Array(piece.length * 2)
    }
    for (let i = 0; i < piece.length; i++) {
      this.#next[i] = i + 1
      this.#previous[i] = i - 1
    }
    for (let i = 0; i < piece.length; i++) this.#rank(piece, i)
  }

  /** Look up the rank of merging the token at `left` with the next one. */
  #rank(piece: Uint8Array, left: number): void {
    const right = this.#next[left]!
    const end = right < piece.length ? this.#next[right]! : Number.POSITIVE_INFINITY
    const mergeable = end - left <= this.#tokens.maxLength
    const rank = mergeable ? this.#tokens.indexOf(piece, left, end, hashBytes(piece, left, end)) : noRank
    this.#ranks[left] = rank
    if (rank !== noRank) this.#queue.push(rank * positions + left)
  }
}

/** Read tokens from a `.tiktoken` file: lines of a token in base64 and its rank, by rank from 0. */
export function readTokens(path: string): ByteStringTable {
  const file = readFileSync(path, 'latin1')
  const bytes = Buffer.alloc(file.length)
  const starts = [0]
  let written = 0
  for (let line = 0; line < file.length; line = file.indexOf('\n', line) + 1 || file.length) {
    written += bytes.write(file.slice(line, file.indexOf(' ', line)), written, 'base64')
    starts.push(written)
  }
  return new ByteStringTable(bytes.subarray(0, written), Uint32Array.from(starts))
}
