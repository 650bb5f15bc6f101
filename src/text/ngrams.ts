import type { Doc } from '../core/doc.ts'
import type { TokenizerName } from './tokenizers.ts'
import { type Words, wordsBy } from './words.ts'

/** How much of a text its repeated n-grams make up. Lengths are in code points, and those of n-grams leave spaces out. */
export class Repetition {
  readonly #words: Words
  #levels: Level[] = []
  #squeezed: Squeezed | undefined
  #before: Float64Array | undefined

  constructor(words: Words) {
    this.#words = words
  }

  /**
   * The n-gram that occurs most often, overlapping occurrences counted each; among equals the first or the longest one. In a text where none
   * repeats that is one with a single occurrence. Undefined for a text of fewer than n words.
   */
  top(n: number, ties: 'first' | 'longest'): { length: number; occurrences: number } | undefined {
    const { count } = this.#words
    if (count < n) return undefined
    const { top, positions, groups, counts } = this.#level(n)
    const { occurrences } = top
    let length = this.#length(top.position, n)
    if (ties === 'longest') {
      if (occurrences === 1) for (let i = 0; i + n <= count; i++) length = Math.max(length, this.#length(i, n))
      else
        positions.forEach((at, p) => {
          if (counts[groups[p]!] === occurrences) length = Math.max(length, this.#length(at, n))
        })
    }
    return { length, occurrences }
  }

  /**
   * Length of all n-grams that have been seen before, walking from left to right and going on behind each one found; n-grams that begin
   * inside a found one are not remembered. Words are joined without a space, so that "ab c" repeats "a bc".
   */
  greedySkipChars(n: number): number {
    this.#squeezed ??= squeeze(this.#words)
    return greedySkipChars(this.#squeezed, n)
  }

  /** Length of all words inside any n-gram that occurs more than once, each word once. */
  unionOfWordsChars(n: number): number {
    let chars = 0
    let covered = 0
    this.#eachRepeated(n, (at) => {
      const from = Math.max(at, covered)
      covered = at + n
      chars += this.#length(from, covered - from)
    })
    return chars
  }

  /** Length of all occurrences of n-grams that occur more than once, however much they overlap. */
  weightedNgramsChars(n: number): number {
    let chars = 0
    this.#eachRepeated(n, (at) => {
      chars += this.#length(at, n)
    })
    return chars
  }

  /** Length of all n-grams together. */
  ngramChars(n: number): number {
    let chars = 0
    for (let i = 0; i + n <= this.#words.count; i++) chars += this.#length(i, n)
    return chars
  }

  /** Length of all words together. */
  wordChars(): number {
    return this.#length(0, this.#words.count)
  }

  #eachRepeated(n: number, found: (position: number) => void): void {
    if (this.#words.count < n) return
    const { positions, groups, counts } = this.#level(n)
    positions.forEach((at, p) => {
      if (counts[groups[p]!]! > 1) found(at)
    })
  }

  /** Length of n words from the i-th on. */
  #length(i: number, n: number): number {
    this.#before ??= lengthsBefore(this.#words)
    return this.#before[i + n]! - this.#before[i]!
  }

  #level(n: number): Level {
    this.#levels[1] ??= wordLevel(this.#words)
    for (let i = 2; i <= n; i++) this.#levels[i] ??= nextLevel(this.#levels[i - 1]!, this.#words, i)
    return this.#levels[n]!
  }
}

/** Length of all words before each one, and of all. */
function lengthsBefore({ count, ids, lengths }: Words): Float64Array {
  const before = new Float64Array(count + 1)
  for (let i = 0; i < count; i++) before[i + 1] = before[i]! + lengths[ids[i]!]!
  return before
}

const views: { [name in TokenizerName]?: (doc: Doc) => Repetition } = {}

/** View: the repeated n-grams of a document by a tokenizer. */
export function repetitionBy(tokenizer: TokenizerName): (doc: Doc) => Repetition {
  const words = wordsBy(tokenizer)
  return (views[tokenizer] ??= (doc) => new Repetition(doc.view(words)))
}

/** The n-grams of one length that may repeat, numbered; the others, whose first or last n − 1 words occur only once, are left out. */
interface Level {
  /** Where such n-grams begin, ascending, and their numbers. */
  positions: Int32Array
  groups: Int32Array
  /** How often each number occurs. */
  counts: Int32Array
  top: { position: number; occurrences: number }
}

function wordLevel({ ids, firsts, counts, count }: Words): Level {
  const positions = new Int32Array(count)
  for (let i = 0; i < count; i++) positions[i] = i
  return { positions, groups: ids, counts, top: mostFrequent(firsts, counts) }
}

/** The n-gram with the highest count, and among equals the first. When none repeats, that is the first of the text. */
function mostFrequent(firsts: Int32Array, counts: Int32Array): Level['top'] {
  let top = { position: 0, occurrences: 1 }
  counts.forEach((occurrences, i) => {
    if (occurrences > top.occurrences) top = { position: firsts[i]!, occurrences }
  })
  return top
}

// Open addressing over (generation, group of the first n − 1 words, last word, number), shared by all documents.
let slots = new Int32Array(4 << 12)
let generation = 0

function nextLevel({ positions, groups, counts }: Level, { ids, count }: Words, n: number): Level {
  const mask = tableMask(positions.length)
  const found = new Int32Array(positions.length)
  const numbers = new Int32Array(positions.length)
  const occurrences = new Int32Array(positions.length)
  const firsts = new Int32Array(positions.length)
  let size = 0
  let distinct = 0
  for (let p = 0; p + 1 < positions.length; p++) {
    const at = positions[p]!
    // Both halves must be there twice: the n − 1 words from here, and the n − 1 from the next word on.
    if (at + n > count || positions[p + 1] !== at + 1 || counts[groups[p]!]! < 2 || counts[groups[p + 1]!]! < 2) continue
    const group = groups[p]!
    const word = ids[at + n - 1]!
    let slot = 4 * (mix(group, word) & mask)
    while (slots[slot] === generation && (slots[slot + 1] !== group || slots[slot + 2] !== word)) slot = slot === 4 * mask ? 0 : slot + 4
    if (slots[slot] !== generation) {
      slots[slot] = generation
      slots[slot + 1] = group
      slots[slot + 2] = word
      slots[slot + 3] = distinct
      firsts[distinct++] = at
    }
    const number = slots[slot + 3]!
    found[size] = at
    numbers[size++] = number
    occurrences[number] = occurrences[number]! + 1
  }
  const repeated = occurrences.subarray(0, distinct)
  return { positions: found.subarray(0, size), groups: numbers.subarray(0, size), counts: repeated, top: mostFrequent(firsts, repeated) }
}

function tableMask(entries: number): number {
  let size = 1 << 10
  while (size < 2 * entries) size *= 2
  if (slots.length < 4 * size) {
    slots = new Int32Array(4 * size)
    generation = 0
  }
  generation++
  return size - 1
}

function mix(a: number, b: number): number {
  let hash = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
  return hash ^ (hash >>> 13)
}

/** The words of a text without what lies between them. */
interface Squeezed {
  units: Uint16Array
  /** Where each word begins among the units, and the end; the same in code points. */
  starts: Int32Array
  codePoints: Int32Array
  /** Polynomial hash of all units before each word. */
  prefixes: Int32Array
  /** For each word: 1 where the units from its start on, `window` of them, occur at the start of another word. */
  repeats: Uint8Array
}

const base = 0x01000193
const window = 16

function squeeze(words: Words): Squeezed {
  const { text, count, offsets, ids, lengths } = words
  const starts = new Int32Array(count + 1)
  const codePoints = new Int32Array(count + 1)
  for (let i = 0; i < count; i++) {
    starts[i + 1] = starts[i]! + offsets[2 * i + 1]! - offsets[2 * i]!
    codePoints[i + 1] = codePoints[i]! + lengths[ids[i]!]!
  }
  const units = new Uint16Array(starts[count]!)
  const prefixes = new Int32Array(count + 1)
  let hash = 0
  for (let i = 0, to = 0; i < count; i++) {
    prefixes[i] = hash
    const end = offsets[2 * i + 1]!
    for (let at = offsets[2 * i]!; at < end; at++) {
      const unit = text.charCodeAt(at)
      units[to++] = unit
      hash = (Math.imul(hash, base) + unit + 1) | 0
    }
  }
  prefixes[count] = hash
  return { units, starts, codePoints, prefixes, repeats: markRepeats(units, starts) }
}

/** Mark words from whose start on `window` units are the same (by hash: some that are not may be marked) as from another word's start. */
function markRepeats(units: Uint16Array, starts: Int32Array): Uint8Array {
  const count = starts.length - 1
  const repeats = new Uint8Array(count)
  const mask = tableMask(count)
  const highest = power(window - 1)
  let hash = 0
  let end = 0
  let from = 0
  for (let i = 0; i < count && starts[i]! + window <= units.length; i++) {
    const start = starts[i]!
    // Roll the window on to begin at this word.
    for (; end < start + window; end++) {
      if (end - from === window) hash = (hash - Math.imul(highest, units[from++]! + 1)) | 0
      hash = (Math.imul(hash, base) + units[end]! + 1) | 0
    }
    let slot = 4 * (mix(hash, 0) & mask)
    while (slots[slot] === generation && slots[slot + 1] !== hash) slot = slot === 4 * mask ? 0 : slot + 4
    if (slots[slot] === generation) {
      repeats[i] = 1
      repeats[slots[slot + 2]!] = 1
    } else {
      slots[slot] = generation
      slots[slot + 1] = hash
      slots[slot + 2] = i
    }
  }
  return repeats
}

function greedySkipChars({ units, starts, codePoints, prefixes, repeats }: Squeezed, n: number): number {
  const count = repeats.length
  const mask = tableMask(count)
  let repeated = 0
  for (let i = 0; i + n <= count; ) {
    const length = starts[i + n]! - starts[i]!
    // What begins like no other word cannot be a repeat, nor be repeated.
    if (length >= window && repeats[i] === 0) {
      i++
      continue
    }
    const hash = (prefixes[i + n]! - Math.imul(prefixes[i]!, power(length))) | 0
    let slot = 4 * (mix(hash, length) & mask)
    while (slots[slot] === generation && !(slots[slot + 1] === hash && isSame(units, starts, slots[slot + 2]!, i, n))) {
      slot = slot === 4 * mask ? 0 : slot + 4
    }
    if (slots[slot] === generation) {
      repeated += codePoints[i + n]! - codePoints[i]!
      i += n
    } else {
      slots[slot] = generation
      slots[slot + 1] = hash
      slots[slot + 2] = i++
    }
  }
  return repeated
}

function isSame(units: Uint16Array, starts: Int32Array, a: number, b: number, n: number): boolean {
  const from = starts[a]!
  const to = starts[b]!
  const length = starts[b + n]! - to
  if (starts[a + n]! - from !== length) return false
  for (let i = 0; i < length; i++) if (units[from + i] !== units[to + i]) return false
  return true
}

const powers = new Int32Array(4096)
powers[0] = 1
for (let i = 1; i < powers.length; i++) powers[i] = Math.imul(powers[i - 1]!, base)

/** base ** exponent, modulo 2³². */
function power(exponent: number): number {
  if (exponent < powers.length) return powers[exponent]!
  let result = 1
  for (let square = base; exponent > 0; exponent = Math.floor(exponent / 2), square = Math.imul(square, square)) {
    if (exponent % 2 === 1) result = Math.imul(result, square)
  }
  return result
}
