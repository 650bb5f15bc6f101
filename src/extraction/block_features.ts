import type { BlockCounts, KeyStatistics } from './block_counts.ts'
import { levels, rangesAround, type Sums } from './element_statistics.ts'
import { pageHints, watched } from './hint_shares.ts'
import type { HtmlPage } from './html_page.ts'
import { isHeading, tag } from './html_tags.ts'
import { measurePage, type PageMeasures } from './page_measures.ts'
import { countsPerText, endMark, labelEnd, lineCount } from './text_counts.ts'

const kinds = watched.length
const h1 = tag('h1')
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

/** Of the element that a block is in, and of each around it. */
const levelNames = ['chars', 'link_share', 'blocks', 'good_share', 'good_of_page', 'stops_per_block', 'images_per_block']
const alikeLevelNames = ['count', 'chars_each']
const neighbourNames = ['weight', 'link_share', 'tag']
const around = Array.from({ length: levels }, (_, level) => (level === 0 ? 'element' : `ancestor_${level}`))
const prefixed = (prefixes: readonly string[], names: readonly string[]): string[] =>
  prefixes.flatMap((prefix) => names.map((name) => `${prefix}_${name}`))

/** What each of the functions below writes, in this order. */
const names = {
  own: [
    ...['weight', 'words', 'link_share', 'links', 'stops_per_word', 'commas_per_word', 'digit_share', 'upper_share', 'lower_word_share'],
    ...['word_length', 'end_mark', 'bold_share', 'tag', 'lines', 'copies', 'title_share', 'marks_per_word', 'label_end'],
  ],
  place: [
    ...['position', 'chars_before_share', 'page_blocks', 'page_chars', 'page_good_share', 'page_link_share', 'good_before_share'],
    ...['blocks_since_good', 'blocks_to_good', 'blocks_since_h1', 'blocks_since_last_good', 'blocks_since_last_in_best'],
  ],
  elements: [
    ...prefixed(around, levelNames),
    ...['siblings', 'parent_siblings', 'grandparent_siblings', 'in_best', 'best_good_share', 'in_article', 'in_body', 'body_good_of_page'],
  ],
  alike: [
    ...prefixed(
      around.slice(1),
      alikeLevelNames.map((name) => `alike_${name}`),
    ),
    ...['alike_blocks', 'alike_weight_each', 'alike_link_share', 'alike_stops_each', 'alike_good_share', 'alike_good_of_page'],
    ...['blocks_since_first_alike', 'alike_span'],
  ],
  neighbours: prefixed(['previous', 'next', 'second_previous', 'second_next'], neighbourNames),
  page: [
    ...[
      'blocks_since_heading',
      'heading_level',
      'articles',
      'page_type',
      'is_article',
      'is_product',
      'is_discussion',
      'is_list',
      'is_dated',
      'inputs',
    ],
    ...pageHints.map((hint) => `page_${hint}_share`),
    'good_outside_comments',
  ],
  hints: watched.map((hint) => `below_${hint}_share`),
}
/** The features of a block by name, in the order of its row. */
export const featureNames: readonly string[] = Object.values(names).flat()
export const featureCount = featureNames.length

/** Where in a row some features stand. */
export const columns = {
  /** Of the element and those around it: link share and log(1 + blocks), `perLevel` apart. */
  linkShareAround: featureNames.indexOf('element_link_share'),
  blocksAround: featureNames.indexOf('element_blocks'),
  perLevel: levelNames.length,
  dialog: featureNames.indexOf('below_dialog_share'),
} as const

/** What `block_scores.ts` adds behind them. */
export const contextCount = 32
export const rowLength = featureCount + contextCount

export interface BlockFeatures {
  rows: Float32Array
  counts: BlockCounts
  keys: KeyStatistics
  /** What is below each element. */
  sums: Sums
  /** First and last block of the `levels` elements around a block, innermost first. */
  ranges(block: number): number[]
}

/**
 * Numbers that describe each block of a page and where it stands: row by row, `rowLength` a block, of which `featureCount` are set. They are
 * meant to say the same in all languages: no word lists, only lengths, links, punctuation, elements, places, and what classes say.
 */
export function blockFeatures(page: HtmlPage): BlockFeatures {
  const { nodes, blocks } = page
  const rows = new Float32Array(blocks.count * rowLength)
  const measures = measurePage(page)
  const { near, first, last } = measures
  let heading = -1
  for (let i = 0; i < blocks.count; i++) {
    const node = blocks.node[i]!
    const name = nodes.tag[node]!
    if (isHeading(name)) heading = i
    let at = i * rowLength
    at = writeOwn(page, measures, i, rows, at)
    at = writePlace(page, measures, i, rows, at)
    at = writeElements(page, measures, node, rows, at)
    at = writeAlike(page, measures, i, rows, at)
    at = writeNeighbours(page, measures, i, rows, at)
    at = writePage(page, measures, i, heading, rows, at)
    // Hints above it: share of the page's text in the nearest element that has each.
    rows.set(near.subarray(node * kinds, (node + 1) * kinds), at)
  }
  return {
    rows,
    counts: measures.counts,
    keys: measures.keys,
    sums: measures.sums,
    ranges: (i) => rangesAround(page, first, last, blocks.node[i]!),
  }
}

const log = Math.log1p
const clamp = (value: number, most: number): number => Math.min(most, Math.max(-most, value))

/** The block itself. */
function writeOwn({ nodes, blocks }: HtmlPage, { counts, title }: PageMeasures, i: number, rows: Float32Array, at: number): number {
  const { weight, words, stops, linkShare, characters, copies } = counts
  const text = blocks.texts[i]!
  const length = text.length
  const name = nodes.tag[blocks.node[i]!]!
  const base = i * countsPerText
  rows[at++] = log(weight[i]!)
  rows[at++] = log(words[i]!)
  rows[at++] = linkShare[i]!
  rows[at++] = log(blocks.links[i]!)
  rows[at++] = stops[i]! / words[i]!
  rows[at++] = characters[base + 2]! / words[i]!
  rows[at++] = characters[base + 3]! / length
  rows[at++] = characters[base + 4]! / length
  rows[at++] = characters[base + 5]! / words[i]!
  rows[at++] = (length - characters[base + 6]!) / words[i]!
  rows[at++] = endMark(text)
  rows[at++] = blocks.boldChars[i]! / length
  rows[at++] = tagRank[name]!
  rows[at++] = lineCount(text)
  rows[at++] = Math.min(5, copies[i]!)
  rows[at++] = length > 8 && length <= title.length && title.includes(text.toLowerCase()) ? length / title.length : 0
  rows[at++] = characters[base + 7]! / words[i]!
  rows[at++] = labelEnd(text)
  return at
}

/** Its place on the page, and the page. */
function writePlace({ blocks }: HtmlPage, m: PageMeasures, i: number, rows: Float32Array, at: number): number {
  const { start, total, goodTotal, linkTotal, goodBefore, before, after, firstHeading, lastGood, lastInBest } = m
  const n = blocks.count
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
  return at
}

/** The elements around it. */
function writeElements({ nodes }: HtmlPage, m: PageMeasures, node: number, rows: Float32Array, at: number): number {
  const { sums, goodTotal, siblings, best, inBest, inArticle, bestBody, inBody } = m
  const { chars, linkChars } = sums
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
  rows[at++] = bestBody < 0 ? -1 : inBody[node]!
  rows[at++] = bestBody < 0 ? -1 : sums.good[bestBody]! / goodTotal
  return at
}

/** What the template made alike: elements (how many, and how much text each has), and blocks. */
function writeAlike({ nodes, blocks }: HtmlPage, m: PageMeasures, i: number, rows: Float32Array, at: number): number {
  const { alikeNodes, keys, goodTotal } = m
  const n = blocks.count
  const parent = Math.max(0, nodes.parent[blocks.node[i]!]!)
  for (let level = 1, k = parent; level < levels; level++) {
    rows[at++] = log(alikeNodes.count[k]!)
    rows[at++] = log(alikeNodes.chars[k]! / alikeNodes.count[k]!)
    if (k > 0) k = nodes.parent[k]!
  }
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
  return at
}

/** Its neighbours. */
function writeNeighbours({ nodes, blocks }: HtmlPage, { counts }: PageMeasures, i: number, rows: Float32Array, at: number): number {
  const { weight, linkShare } = counts
  for (const step of [-1, 1, -2, 2]) {
    const j = i + step
    const there = j >= 0 && j < blocks.count
    rows[at++] = there ? log(weight[j]!) : -1
    rows[at++] = there ? linkShare[j]! : -1
    rows[at++] = there ? (blocks.node[j] === blocks.node[i] ? -1 : tagRank[nodes.tag[blocks.node[j]!]!]!) : -2
  }
  return at
}

/** What the page says of itself, and how much of it stands below some hints. */
function writePage(
  { nodes, blocks, head }: HtmlPage,
  m: PageMeasures,
  i: number,
  headingAt: number,
  rows: Float32Array,
  at: number,
): number {
  const { articles, inputs, shares, goodOutside } = m
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
  for (const share of shares) rows[at++] = share
  rows[at++] = log(goodOutside)
  return at
}

function pageType(type: string): number {
  return type === '' ? 0 : type === 'article' ? 1 : type === 'website' ? 2 : type.includes('product') ? 3 : 4
}
