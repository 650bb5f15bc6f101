import type { HtmlPage } from './html_blocks.ts'
import { bit, type Hint, hints, tag } from './html_tags.ts'

/** Hints whose nearest bearer above a block is a feature. */
const watched: Hint[] = hints.filter((hint) => hint !== 'heading')
const watchedBits = watched.map(bit)
const kinds = watched.length
/** Hints of which the share on the whole page is a feature. */
const pageHints = (['comment', 'forum', 'product', 'card', 'body', 'related'] as const).map((hint) => watched.indexOf(hint))
const commentIndex = watched.indexOf('comment')
const mainBits = bit('article') | bit('main') | bit('articleBody')

/** What is counted in a block's characters. */
export interface BlockCounts {
  words: Int32Array
  /** Full stops, question and exclamation marks of any script. */
  stops: Int32Array
  /** Length in characters, dense scripts (Chinese, Japanese, Korean, Thai) counted as about as long as their translation. */
  weight: Float32Array
  /** Weight of long blocks with few links, 0 for others: the first guess at what is text. */
  good: Float32Array
}

const [h1, h6] = [tag('h1'), tag('h6')]
/** Element of a block as one ordered number for the trees. */
const tagRank = new Float32Array(256)
;[
  'p',
  'li',
  'td',
  'th',
  'tr',
  'h1',
  'h2',
  'h3',
  'h4',
  'h5',
  'h6',
  'div',
  'section',
  'blockquote',
  'pre',
  'dt',
  'dd',
  'figcaption',
  'button',
  'label',
  'article',
].forEach((name, i) => {
  tagRank[tag(name)] = i + 1
})

const levels = 4
const perLevel = 7
/** Features of a block: see `fill` below, which writes them in order. */
export const featureCount = 16 + 12 + levels * perLevel + 6 + 6 + 8 + 12 + 10 + 7 + kinds

/** What `block_scores.ts` adds behind them. */
export const contextCount = 24
export const rowLength = featureCount + contextCount

const log = Math.log1p
const clamp = (value: number, most: number): number => Math.min(most, Math.max(-most, value))

/** Sums over everything below each node. */
interface Sums {
  chars: Float64Array
  linkChars: Float64Array
  good: Float64Array
  blocks: Float64Array
  stops: Float64Array
  images: Float64Array
}

export interface BlockFeatures {
  rows: Float32Array
  counts: BlockCounts
  keys: ReturnType<typeof keyStatistics>
  /** First and last block of the `levels` elements around a block, innermost first. */
  ranges(block: number): number[]
}

/**
 * Numbers that describe each block of a page and where it stands: row by row, `rowLength` a block, of which `featureCount` are set. They are meant to say the same in all
 * languages: no word lists, only lengths, links, punctuation, elements, places, and what classes say.
 */
export function blockFeatures(page: HtmlPage): BlockFeatures {
  const { nodes, blocks, head } = page
  const n = blocks.count
  const rows = new Float32Array(n * rowLength)
  const words = new Int32Array(n)
  const stops = new Int32Array(n)
  const weight = new Float32Array(n)
  const good = new Float32Array(n)
  const linkShare = new Float32Array(n)
  const own = new Float32Array(n * 7)
  const start = new Float64Array(n + 1)
  const goodBefore = new Float64Array(n + 1)
  let linkTotal = 0
  for (let i = 0; i < n; i++) {
    const text = blocks.texts[i]!
    count(text, own, i * 7)
    words[i] = own[i * 7]!
    stops[i] = own[i * 7 + 1]!
    const dense = own[i * 7 + 6]!
    weight[i] = text.length + 1.5 * dense
    linkShare[i] = blocks.linkChars[i]! / text.length
    linkTotal += blocks.linkChars[i]!
    good[i] = weight[i]! >= 80 && linkShare[i]! < 0.3 ? weight[i]! : 0
    start[i + 1] = start[i]! + text.length
    goodBefore[i + 1] = goodBefore[i]! + good[i]!
  }
  const counts: BlockCounts = { words, stops, weight, good }
  const total = start[n]! || 1
  const goodTotal = goodBefore[n]! || 1

  const { first, last } = blockRanges(page)
  const sums = sumUp(page, counts)
  const { chars, linkChars } = sums
  const best = container(page, sums.good, goodTotal)
  const inBest = below(page, best)
  const siblings = repeats(page, (k) => nodes.parent[k]! * 256 + nodes.tag[k]!)
  const near = nearest(page, chars, total)
  const keys = keyStatistics(page, counts)
  const alikeNodes = nodeStatistics(page, chars)
  const shares = hintShares(page, near)
  let goodOutside = 0
  for (let i = 0; i < n; i++) if (near[blocks.node[i]! * kinds + commentIndex]! < 0) goodOutside += good[i]!
  const copies = new Map<string, number>()
  for (const text of blocks.texts) copies.set(text, (copies.get(text) ?? 0) + 1)
  const { before, after } = distances(good)
  let inputs = 0
  for (let k = 0; k < nodes.count; k++) inputs += nodes.inputs[k]!
  let articles = 0
  let bestArticle = -1
  for (let k = 0; k < nodes.count; k++) {
    if ((nodes.hints[k]! & bit('article')) !== 0 && chars[k]! > 200) articles++
    if ((nodes.hints[k]! & mainBits) !== 0 && (bestArticle < 0 || sums.good[k]! > sums.good[bestArticle]!)) bestArticle = k
  }
  const inArticle = bestArticle < 0 ? new Uint8Array(nodes.count) : below(page, bestArticle)
  const title = head.heading.toLowerCase()
  let firstHeading = -1
  let lastGood = -1
  let lastInBest = -1
  for (let i = 0; i < n; i++) {
    if (firstHeading < 0 && nodes.tag[blocks.node[i]!] === h1) firstHeading = i
    if (good[i]! > 0) {
      lastGood = i
      if (inBest[blocks.node[i]!] === 1) lastInBest = i
    }
  }

  let headingAt = -1
  for (let i = 0; i < n; i++) {
    const text = blocks.texts[i]!
    const length = text.length
    const node = blocks.node[i]!
    const name = nodes.tag[node]!
    let at = i * rowLength
    const base = i * 7
    // The block itself (16).
    rows[at++] = log(weight[i]!)
    rows[at++] = log(words[i]!)
    rows[at++] = linkShare[i]!
    rows[at++] = log(blocks.links[i]!)
    rows[at++] = stops[i]! / words[i]!
    rows[at++] = own[base + 2]! / words[i]!
    rows[at++] = own[base + 3]! / length
    rows[at++] = own[base + 4]! / length
    rows[at++] = own[base + 5]! / words[i]!
    rows[at++] = (length - own[base + 6]!) / words[i]!
    rows[at++] = endMark(text)
    rows[at++] = blocks.boldChars[i]! / length
    rows[at++] = tagRank[name]!
    rows[at++] = lineCount(text)
    rows[at++] = Math.min(5, copies.get(text)!)
    rows[at++] = length > 8 && length <= title.length && title.includes(text.toLowerCase()) ? length / title.length : 0

    // Its place on the page, and the page (12).
    rows[at++] = i / n
    rows[at++] = start[i]! / total
    rows[at++] = log(n)
    rows[at++] = log(total)
    rows[at++] = goodTotal / total
    rows[at++] = linkTotal / total
    rows[at++] = goodBefore[i]! / goodTotal
    rows[at++] = before[i]!
    rows[at++] = after[i]!
    rows[at++] = firstHeading < 0 ? -120 : clamp(i - firstHeading, 100)
    rows[at++] = clamp(i - lastGood, 100)
    rows[at++] = lastInBest < 0 ? 120 : clamp(i - lastInBest, 100)

    // The elements around it (4 × 7).
    for (let level = 0, k = node; level < levels; level++) {
      const size = chars[k]! || 1
      rows[at++] = log(chars[k]!)
      rows[at++] = linkChars[k]! / size
      rows[at++] = log(sums.blocks[k]!)
      rows[at++] = sums.good[k]! / size
      rows[at++] = sums.good[k]! / goodTotal
      rows[at++] = sums.stops[k]! / sums.blocks[k]!
      rows[at++] = sums.images[k]! / sums.blocks[k]!
      if (k > 0) k = nodes.parent[k]!
    }
    const parent = Math.max(0, nodes.parent[node]!)
    rows[at++] = Math.min(200, siblings[node]!)
    rows[at++] = Math.min(200, siblings[parent]!)
    rows[at++] = Math.min(200, siblings[Math.max(0, nodes.parent[parent]!)]!)
    rows[at++] = inBest[node]!
    rows[at++] = sums.good[best]! / chars[best]!
    rows[at++] = inArticle[node]!

    // Elements that the template made alike: how many, and how much text each has (3 × 2).
    for (let level = 1, k = parent; level < levels; level++) {
      rows[at++] = log(alikeNodes.count[k]!)
      rows[at++] = log(alikeNodes.chars[k]! / alikeNodes.count[k]!)
      if (k > 0) k = nodes.parent[k]!
    }

    // Blocks that the template made alike (8).
    const key = keys.slot[i]!
    const alike = keys.count[key]!
    rows[at++] = log(alike)
    rows[at++] = log(keys.weight[key]! / alike)
    rows[at++] = keys.linkChars[key]! / keys.chars[key]!
    rows[at++] = keys.stops[key]! / alike
    rows[at++] = keys.good[key]! / keys.weight[key]!
    rows[at++] = keys.good[key]! / goodTotal
    rows[at++] = (i - keys.first[key]!) / n
    rows[at++] = (keys.last[key]! - keys.first[key]!) / n

    // Its neighbours (12).
    for (const step of [-1, 1, -2, 2]) {
      const j = i + step
      const there = j >= 0 && j < n
      rows[at++] = there ? log(weight[j]!) : -1
      rows[at++] = there ? linkShare[j]! : -1
      rows[at++] = there ? (blocks.node[j] === node ? -1 : tagRank[nodes.tag[blocks.node[j]!]!]!) : -2
    }

    // What the page says of itself (10).
    if (name >= h1 && name <= h6) headingAt = i
    rows[at++] = headingAt < 0 ? 50 : Math.min(50, i - headingAt)
    rows[at++] = headingAt < 0 ? 0 : nodes.tag[blocks.node[headingAt]!]! - h1 + 1
    rows[at++] = Math.min(50, articles)
    rows[at++] = pageType(head.type)
    rows[at++] = head.schema & 1
    rows[at++] = head.schema & 2
    rows[at++] = head.schema & 4
    rows[at++] = head.schema & 8
    rows[at++] = head.published === '' ? 0 : 1
    rows[at++] = inputs

    // How much of the page's text stands below some hints, and how much of what looks like text outside of comments (7).
    for (const share of shares) rows[at++] = share
    rows[at++] = log(goodOutside)

    // Hints above it: share of the page's text in the nearest element that has each.
    rows.set(near.subarray(node * kinds, (node + 1) * kinds), at)
  }
  return { rows, counts, keys, ranges: (i) => rangesAround(page, first, last, blocks.node[i]!) }
}

/** First and last block of the element of a block, its parent, and theirs. */
function rangesAround({ nodes }: HtmlPage, first: Int32Array, last: Int32Array, node: number): number[] {
  const found: number[] = []
  for (let level = 0, k = node; level < levels; level++) {
    found.push(first[k]!, last[k]!)
    if (k > 0) k = nodes.parent[k]!
  }
  return found
}

/** First and last block below each element. */
function blockRanges({ nodes, blocks }: HtmlPage): { first: Int32Array; last: Int32Array } {
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

function pageType(type: string): number {
  return type === '' ? 0 : type === 'article' ? 1 : type === 'website' ? 2 : type.includes('product') ? 3 : 4
}

function lineCount(text: string): number {
  let lines = 0
  for (let at = text.indexOf('\n'); at >= 0 && lines < 20; at = text.indexOf('\n', at + 1)) lines++
  return lines
}

/** 2 where a sentence seems to end with the text, 1 for a colon, 0 otherwise. */
function endMark(text: string): number {
  for (let i = text.length - 1; i >= 0 && i >= text.length - 3; i--) {
    const code = text.charCodeAt(i)
    if (isStop(code)) return 2
    if (code === 58 || code === 0xff1a) return 1
  }
  return 0
}

const isStop = (code: number): boolean =>
  code === 46 ||
  code === 33 ||
  code === 63 ||
  (code >= 0x3001 && (code === 0x3002 || code === 0xff01 || code === 0xff1f)) ||
  (code > 126 && (code === 0x2026 || code === 0x061f || code === 0x06d4 || code === 0x0964 || code === 0x0965 || code === 0x1362))

/** Words, stops, commas, digits, capitals, words that begin in lower case, and characters of dense scripts, written to `out` at `at`. */
function count(text: string, out: Float32Array, at: number): void {
  let [words, stops, commas, digits, upper, lower, dense] = [0, 0, 0, 0, 0, 0, 0]
  let inWord = false
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < 128) {
      if (code >= 97 && code <= 122) {
        if (!inWord) {
          words++
          lower++
        }
        inWord = true
      } else if (code >= 65 && code <= 90) {
        if (!inWord) words++
        upper++
        inWord = true
      } else if (code >= 48 && code <= 57) {
        if (!inWord) words++
        digits++
        inWord = true
      } else {
        if (code !== 39) inWord = false
        if (code === 46 || code === 33 || code === 63) stops++
        else if (code === 44 || code === 59 || code === 58) commas++
      }
    } else if ((code >= 0x3040 && code < 0xa000) || (code >= 0xac00 && code < 0xd7b0) || (code >= 0x0e00 && code < 0x0f00)) {
      dense++
      inWord = false
    } else if (isStop(code)) {
      stops++
      inWord = false
    } else if (code === 0x3001 || code === 0xff0c || code === 0x060c || code === 0xff1b) {
      commas++
      inWord = false
    } else if ((code >= 0xc0 && code < 0x2000) || code >= 0x2c00) {
      if (!inWord) {
        words++
        lower++
      }
      inWord = true
    } else inWord = false
  }
  out[at] = words + (dense >> 1) || 1
  out[at + 1] = stops
  out[at + 2] = commas
  out[at + 3] = digits
  out[at + 4] = upper
  out[at + 5] = lower
  out[at + 6] = dense
}

function sumUp({ nodes, blocks }: HtmlPage, counts: BlockCounts): Sums {
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
function container({ nodes }: HtmlPage, good: Float64Array, goodTotal: number): number {
  let best = 0
  // Children come after their parents, and of two siblings only one can have more than half.
  for (let k = 1; k < nodes.count; k++) if (nodes.parent[k] === best && good[k]! >= 0.6 * goodTotal) best = k
  return best
}

function below({ nodes }: HtmlPage, root: number): Uint8Array {
  const inside = new Uint8Array(nodes.count)
  inside[root] = 1
  for (let k = root + 1; k < nodes.count; k++) if (inside[nodes.parent[k]!] === 1) inside[k] = 1
  return inside
}

function repeats({ nodes }: HtmlPage, keyOf: (node: number) => number): Int32Array {
  const seen = new Map<number, number>()
  for (let k = 1; k < nodes.count; k++) seen.set(keyOf(k), (seen.get(keyOf(k)) ?? 0) + 1)
  return Int32Array.from({ length: nodes.count }, (_, k) => (k === 0 ? 1 : seen.get(keyOf(k))!))
}

/** For each node and watched hint: how much of the page's text the nearest bearer above holds (0 to 1), or -1 where none does. */
function nearest({ nodes }: HtmlPage, chars: Float64Array, total: number): Float32Array {
  const shares = new Float32Array(nodes.count * kinds).fill(-1, 0, kinds)
  for (let k = 0; k < nodes.count; k++) {
    const to = k * kinds
    if (k > 0) {
      const from = nodes.parent[k]! * kinds
      shares.copyWithin(to, from, from + kinds)
    }
    const hints = nodes.hints[k]!
    if (hints === 0) continue
    const share = chars[k]! / total
    for (let j = 0; j < kinds; j++) if ((hints & watchedBits[j]!) !== 0) shares[to + j] = share
  }
  return shares
}

/** For each element, how many look the same, and how many characters they have together. */
function nodeStatistics({ nodes }: HtmlPage, chars: Float64Array): { count: Float64Array; chars: Float64Array } {
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

function hintShares({ blocks }: HtmlPage, near: Float32Array): number[] {
  let total = 0
  const found = pageHints.map(() => 0)
  for (let i = 0; i < blocks.count; i++) {
    const length = blocks.texts[i]!.length
    total += length
    for (let j = 0; j < pageHints.length; j++) if (near[blocks.node[i]! * kinds + pageHints[j]!]! >= 0) found[j]! += length
  }
  return found.map((sum) => sum / (total || 1))
}

function keyStatistics({ nodes, blocks }: HtmlPage, counts: BlockCounts) {
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
function distances(good: Float32Array): { before: Float32Array; after: Float32Array } {
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
