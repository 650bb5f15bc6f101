import type { Doc } from '../core/doc.ts'
import { Layout, tableSize } from '../kernels/kernels.ts'
import type { WordTokenizerName } from './words/word_tokenizers.ts'
import { type Words, wordsBy } from './words/words.ts'

/** How much of a text its repeated n-grams make up. Lengths are in code points, and those of n-grams leave spaces out. */
export class Repetition {
  readonly #words: Words
  #levels: NgramLevel[] = []
  #squeezed: Squeezed | undefined
  #before: Int32Array | undefined

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
    const { count } = this.#words
    if (count < n) return 0
    if (!this.#squeezed?.isLatest) this.#squeezed = squeeze(this.#words, this.#codePointsBefore())
    const { at, kernels } = this.#squeezed
    const entries = tableSize(count)
    this.#squeezed.zero('table', 8 * entries)
    return kernels.greedySkipChars(n, count, at.squeezed, at.starts, at.before, at.prefixes, at.repeats, at.table, entries - 1)
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
    const before = this.#codePointsBefore()
    return before[i + n]! - before[i]!
  }

  /** Code points of all words before each one, and of all. */
  #codePointsBefore(): Int32Array {
    return (this.#before ??= codePointsBefore(this.#words))
  }

  #level(n: number): NgramLevel {
    this.#levels[1] ??= wordLevel(this.#words)
    for (let i = 2; i <= n; i++) this.#levels[i] ??= nextLevel(this.#levels[i - 1]!, this.#words, i)
    return this.#levels[n]!
  }
}

function codePointsBefore({ count, ids, lengths }: Words): Int32Array {
  const before = new Int32Array(count + 1)
  for (let i = 0; i < count; i++) before[i + 1] = before[i]! + lengths[ids[i]!]!
  return before
}

const views: { [name in WordTokenizerName]?: (doc: Doc) => Repetition } = {}

/** View: the repeated n-grams of a document by a tokenizer. */
export function repetitionBy(tokenizer: WordTokenizerName): (doc: Doc) => Repetition {
  const words = wordsBy(tokenizer)
  return (views[tokenizer] ??= (doc) => new Repetition(doc.view(words)))
}

/** The n-grams of one length that may repeat, numbered; the others, whose first or last n − 1 words occur only once, are left out. */
interface NgramLevel {
  /** Where such n-grams begin, ascending, and their numbers. */
  positions: Int32Array
  groups: Int32Array
  /** How often each number occurs. */
  counts: Int32Array
  top: { position: number; occurrences: number }
}

function wordLevel({ ids, firsts, counts, count }: Words): NgramLevel {
  const positions = new Int32Array(count)
  for (let i = 0; i < count; i++) positions[i] = i
  return { positions, groups: ids, counts, top: mostFrequent(firsts, counts) }
}

/** The n-gram with the highest count, and among equals the first. When none repeats, that is the first of the text. */
function mostFrequent(firsts: Int32Array, counts: Int32Array): NgramLevel['top'] {
  let top = { position: 0, occurrences: 1 }
  counts.forEach((occurrences, i) => {
    if (occurrences > top.occurrences) top = { position: firsts[i]!, occurrences }
  })
  return top
}

function nextLevel({ positions, groups, counts }: NgramLevel, { ids, count }: Words, n: number): NgramLevel {
  const size = positions.length
  const entries = tableSize(size)
  const each = 4 * size
  const layout = new Layout({
    positions: each,
    groups: each,
    counts: 4 * counts.length,
    ids: 4 * count,
    positionsOut: each,
    groupsOut: each,
    countsOut: each,
    firsts: each,
    table: 16 * entries,
    found: 16,
  })
  for (const [region, values] of Object.entries({ positions, groups, counts, ids }))
    layout.write(region as 'positions' | 'groups' | 'counts' | 'ids', values)
  layout.zero('table', 16 * entries)
  const { at, kernels } = layout
  kernels.nextLevel(
    n,
    at.positions,
    at.groups,
    at.counts,
    size,
    at.ids,
    count,
    at.positionsOut,
    at.groupsOut,
    at.countsOut,
    at.firsts,
    at.table,
    entries - 1,
    at.found,
  )
  const [found, distinct, position, occurrences] = layout.numbers('found', 4) as unknown as [number, number, number, number]
  return {
    positions: layout.read('positionsOut', found),
    groups: layout.read('groupsOut', found),
    counts: layout.read('countsOut', distinct),
    top: { position, occurrences },
  }
}

/** The words of a text without what lies between them, in the kernels' memory. */
type Squeezed = ReturnType<typeof squeeze>

function squeeze({ text, count, offsets }: Words, before: Int32Array) {
  const entries = tableSize(count)
  const layout = new Layout({
    units: 2 * text.length,
    offsets: 8 * count,
    squeezed: 2 * text.length,
    starts: 4 * (count + 1),
    before: 4 * (count + 1),
    prefixes: 8 * (count + 1),
    repeats: count,
    table: 8 * entries,
  })
  layout.writeText('units', text)
  layout.write('offsets', offsets)
  layout.write('before', before)
  layout.zero('table', 8 * entries)
  const { at, kernels } = layout
  kernels.squeeze(at.units, at.offsets, count, at.squeezed, at.starts, at.prefixes, at.repeats, at.table, entries - 1)
  return layout
}
