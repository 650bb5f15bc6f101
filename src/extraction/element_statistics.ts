import type { BlockCounts } from './block_counts.ts'
import type { HtmlPage } from './html_page.ts'

/** Elements around a block that are looked at: its own and the next further out. */
export const levels = 4

/** Sums over everything below each node. */
export interface Sums {
  chars: Float64Array
  linkChars: Float64Array
  good: Float64Array
  blocks: Float64Array
  stops: Float64Array
  images: Float64Array
}

export function sumUp({ nodes, blocks }: HtmlPage, counts: BlockCounts): Sums {
  const size = nodes.count
  const sums: Sums = {
    chars: new Float64Array(size),
    linkChars: new Float64Array(size),
    good: new Float64Array(size),
    blocks: new Float64Array(size),
    stops: new Float64Array(size),
    images: Float64Array.from(nodes.images.subarray(0, size)),
  }
  for (let i = 0; i < blocks.count; i++) {
    const k = blocks.node[i]!
    sums.chars[k]! += blocks.texts[i]!.length
    sums.linkChars[k]! += blocks.linkChars[i]!
    sums.good[k]! += counts.good[i]!
    sums.blocks[k]!++
    sums.stops[k]! += counts.stops[i]!
  }
  const all = Object.values(sums) as Float64Array[]
  for (let k = size - 1; k > 0; k--) {
    const parent = nodes.parent[k]!
    for (const column of all) column[parent]! += column[k]!
  }
  return sums
}

/** The deepest element with at least 60 % of what looks like text. */
export function container({ nodes }: HtmlPage, good: Float64Array, goodTotal: number): number {
  let best = 0
  // Children come after their parents, and of two siblings only one can have more than half.
  for (let k = 1; k < nodes.count; k++) if (nodes.parent[k] === best && good[k]! >= 0.6 * goodTotal) best = k
  return best
}

export function below({ nodes }: HtmlPage, root: number): Uint8Array {
  const inside = new Uint8Array(nodes.count)
  inside[root] = 1
  for (let k = root + 1; k < nodes.count; k++) if (inside[nodes.parent[k]!] === 1) inside[k] = 1
  return inside
}

export function repeats({ nodes }: HtmlPage, keyOf: (node: number) => number): Int32Array {
  const firsts = new Map<number, number>()
  const first = new Int32Array(nodes.count)
  const count = new Int32Array(nodes.count)
  for (let k = 0; k < nodes.count; k++) {
    const key = keyOf(k)
    let same = firsts.get(key)
    if (same === undefined) firsts.set(key, (same = k))
    first[k] = same
    count[same]!++
  }
  return first.map((k) => count[k]!)
}

/** For each element, how many look the same, and how many characters they have together. */
export function nodeStatistics({ nodes }: HtmlPage, chars: Float64Array): { count: Float64Array; chars: Float64Array } {
  const first = new Map<number, number>()
  const slot = new Int32Array(nodes.count)
  const count = new Float64Array(nodes.count)
  const sum = new Float64Array(nodes.count)
  for (let k = 0; k < nodes.count; k++) {
    const key = nodes.key[k]!
    let at = first.get(key)
    if (at === undefined) first.set(key, (at = k))
    slot[k] = at
    count[at]!++
    sum[at]! += chars[k]!
  }
  for (let k = nodes.count - 1; k >= 0; k--) {
    count[k] = count[slot[k]!]!
    sum[k] = sum[slot[k]!]!
  }
  return { count, chars: sum }
}

/** First and last block below each element. */
export function blockRanges({ nodes, blocks }: HtmlPage): { first: Int32Array; last: Int32Array } {
  const first = new Int32Array(nodes.count).fill(blocks.count)
  const last = new Int32Array(nodes.count).fill(-1)
  for (let i = 0; i < blocks.count; i++) {
    const k = blocks.node[i]!
    if (i < first[k]!) first[k] = i
    last[k] = i
  }
  for (let k = nodes.count - 1; k > 0; k--) {
    const parent = nodes.parent[k]!
    if (first[k]! < first[parent]!) first[parent] = first[k]!
    if (last[k]! > last[parent]!) last[parent] = last[k]!
  }
  return { first, last }
}

/** First and last block of the element of a block, its parent, and theirs. */
export function rangesAround({ nodes }: HtmlPage, first: Int32Array, last: Int32Array, node: number): number[] {
  const found: number[] = []
  for (let level = 0, k = node; level < levels; level++) {
    found.push(first[k]!, last[k]!)
    if (k > 0) k = nodes.parent[k]!
  }
  return found
}
