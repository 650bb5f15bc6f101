import { type BlockCounts, countBlocks, distances, type KeyStatistics, keyStatistics } from './block_counts.ts'
import { below, blockRanges, container, nodeStatistics, repeats, type Sums, sumUp } from './element_statistics.ts'
import { hintShares, nearest, watched } from './hint_shares.ts'
import type { HtmlPage } from './html_page.ts'
import { bit, tag } from './html_tags.ts'

const h1 = tag('h1')
const articleBit = bit('article')
const bodyBit = bit('articleBody')
const mainBits = articleBit | bit('main') | bodyBit
const kinds = watched.length
const commentIndex = watched.indexOf('comment')

/** All that is measured once a page, before its blocks are described one by one. */
export interface PageMeasures {
  counts: BlockCounts
  keys: KeyStatistics
  /** Characters of all blocks, of links, and of what looks like text; and the first and last of these before each block. */
  total: number
  linkTotal: number
  goodTotal: number
  start: Float64Array
  goodBefore: Float64Array
  /** Blocks since the last good one, and to the next. */
  before: Float32Array
  after: Float32Array
  /** First and last block below each element. */
  first: Int32Array
  last: Int32Array
  sums: Sums
  /** Elements of the same name beside each element. */
  siblings: Int32Array
  alikeNodes: ReturnType<typeof nodeStatistics>
  /** The element that holds most of what looks like text, and which elements are below it. */
  best: number
  inBest: Uint8Array
  inArticle: Uint8Array
  /** The element that says it is an article's body, or -1. */
  bestBody: number
  inBody: Uint8Array
  articles: number
  inputs: number
  /** Hints above each element, and how much of the page is below some. */
  near: Float32Array
  shares: number[]
  goodOutside: number
  title: string
  firstHeading: number
  lastGood: number
  lastInBest: number
}

export function measurePage(page: HtmlPage): PageMeasures {
  const { nodes, blocks, head } = page
  const n = blocks.count
  const counts = countBlocks(page)
  const { good } = counts
  const start = new Float64Array(n + 1)
  const goodBefore = new Float64Array(n + 1)
  let linkTotal = 0
  for (let i = 0; i < n; i++) {
    start[i + 1] = start[i]! + blocks.texts[i]!.length
    goodBefore[i + 1] = goodBefore[i]! + good[i]!
    linkTotal += blocks.linkChars[i]!
  }
  const total = start[n]! || 1
  const goodTotal = goodBefore[n]! || 1
  const sums = sumUp(page, counts)
  const best = container(page, sums.good, goodTotal)
  const inBest = below(page, best)
  const near = nearest(page, sums.chars, total)
  return {
    ...{ counts, keys: keyStatistics(page, counts), total, linkTotal, goodTotal, start, goodBefore, ...distances(good) },
    ...{ ...blockRanges(page), sums, siblings: repeats(page, (k) => nodes.parent[k]! * 256 + nodes.tag[k]!) },
    ...{
      alikeNodes: nodeStatistics(page, sums.chars),
      best,
      inBest,
      near,
      shares: hintShares(page, near),
      title: head.heading.toLowerCase(),
    },
    ...articleElements(page, sums),
    ...landmarks(page, good, inBest, near),
  }
}

function articleElements(page: HtmlPage, { good, chars }: Sums) {
  const { nodes } = page
  let [articles, inputs, bestArticle, bestBody] = [0, 0, -1, -1]
  for (let k = 0; k < nodes.count; k++) {
    const hints = nodes.hints[k]!
    inputs += nodes.inputs[k]!
    if ((hints & articleBit) !== 0 && chars[k]! > 200) articles++
    if ((hints & mainBits) !== 0 && (bestArticle < 0 || good[k]! > good[bestArticle]!)) bestArticle = k
    if ((hints & bodyBit) !== 0 && (bestBody < 0 || good[k]! > good[bestBody]!)) bestBody = k
  }
  const inside = (root: number): Uint8Array => (root < 0 ? new Uint8Array(nodes.count) : below(page, root))
  return { articles, inputs, bestBody, inArticle: inside(bestArticle), inBody: inside(bestBody) }
}

/** Blocks that places are told by, and how much of what looks like text is no comment. */
function landmarks({ nodes, blocks }: HtmlPage, good: Float32Array, inBest: Uint8Array, near: Float32Array) {
  let [firstHeading, lastGood, lastInBest, goodOutside] = [-1, -1, -1, 0]
  for (let i = 0; i < blocks.count; i++) {
    const node = blocks.node[i]!
    if (firstHeading < 0 && nodes.tag[node] === h1) firstHeading = i
    if (near[node * kinds + commentIndex]! < 0) goodOutside += good[i]!
    if (good[i] === 0) continue
    lastGood = i
    if (inBest[node] === 1) lastInBest = i
  }
  return { firstHeading, lastGood, lastInBest, goodOutside }
}
