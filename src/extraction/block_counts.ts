import type { HtmlPage } from './html_page.ts'
import { countCharacters, countsPerText } from './text_counts.ts'

/** What is counted in a block's characters. */
export interface BlockCounts {
  words: Int32Array
  /** Full stops, question and exclamation marks of any script. */
  stops: Int32Array
  /** Length in characters, dense scripts (Chinese, Japanese, Korean, Thai) counted as about as long as their translation. */
  weight: Float32Array
  /** Weight of long blocks with few links, 0 for others: the first guess at what is text. */
  good: Float32Array
  linkShare: Float32Array
  /** What `countCharacters` found, `countsPerText` numbers a block. */
  characters: Float32Array
  /** How many blocks of the page have the same text. */
  copies: Float32Array
}

export function countBlocks({ blocks }: HtmlPage): BlockCounts {
  const n = blocks.count
  const counts: BlockCounts = {
    words: new Int32Array(n),
    stops: new Int32Array(n),
    weight: new Float32Array(n),
    good: new Float32Array(n),
    linkShare: new Float32Array(n),
    characters: new Float32Array(n * countsPerText),
    copies: new Float32Array(n),
  }
  const { words, stops, weight, good, linkShare, characters } = counts
  const slots = new Map<string, number>()
  const slot = new Int32Array(n)
  const copies = new Int32Array(n)
  for (let i = 0, at = 0; i < n; i++, at += countsPerText) {
    const text = blocks.texts[i]!
    countCharacters(text, characters, at)
    words[i] = characters[at]!
    stops[i] = characters[at + 1]!
    weight[i] = text.length + 1.5 * characters[at + 6]!
    linkShare[i] = blocks.linkChars[i]! / text.length
    good[i] = weight[i]! >= 80 && linkShare[i]! < 0.3 ? weight[i]! : 0
    let same = slots.get(text)
    if (same === undefined) slots.set(text, (same = i))
    slot[i] = same
    copies[same]!++
  }
  for (let i = 0; i < n; i++) counts.copies[i] = copies[slot[i]!]!
  return counts
}

/** Of the blocks whose elements a template made alike: how many, what they hold, and the first and last. */
export type KeyStatistics = ReturnType<typeof keyStatistics>

export function keyStatistics({ nodes, blocks }: HtmlPage, counts: BlockCounts) {
  const n = blocks.count
  const slots = new Map<number, number>()
  const slot = new Int32Array(n)
  for (let i = 0; i < n; i++) {
    const key = nodes.key[blocks.node[i]!]!
    let at = slots.get(key)
    if (at === undefined) slots.set(key, (at = slots.size))
    slot[i] = at
  }
  const size = slots.size
  const column = (): Float64Array => new Float64Array(size)
  const all = {
    slot,
    count: column(),
    chars: column(),
    weight: column(),
    linkChars: column(),
    stops: column(),
    good: column(),
    first: column().fill(-1),
    last: column(),
  }
  for (let i = 0; i < n; i++) {
    const at = slot[i]!
    all.count[at]!++
    all.chars[at]! += blocks.texts[i]!.length
    all.weight[at]! += counts.weight[i]!
    all.linkChars[at]! += blocks.linkChars[i]!
    all.stops[at]! += counts.stops[i]!
    all.good[at]! += counts.good[i]!
    if (all.first[at]! < 0) all.first[at] = i
    all.last[at] = i
  }
  return all
}

/** Blocks since the last good one, and to the next, at most 100. */
export function distances(good: Float32Array): { before: Float32Array; after: Float32Array } {
  const n = good.length
  const before = new Float32Array(n)
  const after = new Float32Array(n)
  for (let i = 0, last = -100; i < n; i++) {
    before[i] = Math.min(100, i - last)
    if (good[i]! > 0) last = i
  }
  for (let i = n - 1, next = n + 100; i >= 0; i--) {
    after[i] = Math.min(100, next - i)
    if (good[i]! > 0) next = i
  }
  return { before, after }
}
