import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { blockFeatures, featureCount, featureNames, rowLength } from '../src/extraction/block_features.ts'
import { htmlBlocks } from '../src/extraction/html_blocks.ts'
import { HtmlHead } from '../src/extraction/html_head.ts'
import { BlockElements, Blocks, type HtmlPage } from '../src/extraction/html_page.ts'
import { tag, tagHints } from '../src/extraction/html_tags.ts'
import { type GoldPage, goldPages, htmlOf, scoringWords } from './extraction_gold.ts'

// node dist-bench/bench/extraction_features.js GOLD_FOLDER OUTPUT_FOLDER
//
// Writes what bench/extraction_train.py learns from: the features of every block of the gold pages (features.f32), and for each block
// its page, the share of its words that are in the gold (-1: not known), its weight, and the ranges of blocks of the elements around it
// (blocks.f64); pages.json says where each page is from, and what each feature is.

const [folder, output] = process.argv.slice(2) as [string, string]
/** Numbers a block in blocks.f64: page, label, words, weight, template key, good, then first and last block of 4 elements. */
const columns = 6 + 8
const pages = goldPages(folder)
const cachePath = join(output, 'labels.json')
const known = (existsSync(cachePath) ? JSON.parse(readFileSync(cachePath, 'utf8')) : {}) as Record<string, number[]>
const features: Float32Array[] = []
const about: Float64Array[] = []
const notes: object[] = []
for (const [number, page] of pages.entries()) {
  const parsed = htmlBlocks(htmlOf(folder, page))
  const labels = page.gold === undefined ? segmentLabels(page, parsed.blocks.texts) : cachedLabels(page, parsed.blocks.texts)
  add(number, page, parsed, labels)
}
// Pages without a main text: what is left of some of the pages when it is taken out. And pages of nothing but text: the first paragraphs of
// others, without any elements around them.
for (const [number, page] of pages.entries()) {
  if (page.gold === undefined || page.prefix_only || number % 3 === 2) continue
  const { nodes, blocks, head } = htmlBlocks(htmlOf(folder, page))
  const labels = cachedLabels(page, blocks.texts)
  const rest = new Blocks()
  const bare = new BlockElements()
  const body = bare.add(tag('html'), -1, 0, 0)
  const most = [1, 2, 4, 8, 16, 1000][number % 7] ?? 3
  for (const [i, text] of blocks.texts.entries()) {
    const add = (node: number): void => rest.add(text, node, blocks.linkChars[i]!, blocks.links[i]!, blocks.boldChars[i]!)
    const name = nodes.tag[blocks.node[i]!]!
    if (number % 3 === 0) {
      if (labels[i]! < 0.1) add(blocks.node[i]!)
    } else if (labels[i]! > 0.9 && rest.count < most)
      add(name === tag('td') || name === tag('tr') ? body : bare.add(name, body, tagHints[name]!, name))
  }
  if (rest.count === 0) continue
  const label = number % 3 === 0 ? 0 : 1
  const made = number % 3 === 0 ? { nodes, head, blocks: rest } : { nodes: bare, head: new HtmlHead(), blocks: rest }
  const labelled = Array.from({ length: rest.count }, () => label)
  add(notes.length, { ...page, gold: '', page_type: 'made' }, made, labelled)
}
// Pages of little text: all that is not main text, and the first few blocks of what is.
for (const [number, page] of pages.entries()) {
  if (page.gold === undefined || page.prefix_only || number % 3 !== 2) continue
  const { nodes, blocks, head } = htmlBlocks(htmlOf(folder, page))
  const labels = cachedLabels(page, blocks.texts)
  const rest = new Blocks()
  const kept: number[] = []
  let left = 1 + (number % 8)
  for (const [i, text] of blocks.texts.entries()) {
    if (labels[i]! >= 0.5 && left-- <= 0) continue
    rest.add(text, blocks.node[i]!, blocks.linkChars[i]!, blocks.links[i]!, blocks.boldChars[i]!)
    kept.push(labels[i]!)
  }
  const size = kept.reduce((sum, label, i) => sum + (label >= 0.5 ? scoringWords(rest.texts[i]!).length : 0), 0)
  if (size < 10 || rest.count === blocks.count) continue
  add(notes.length, { ...page, gold: 'word '.repeat(size), page_type: 'short' }, { nodes, head, blocks: rest }, kept)
}
writeFileSync(cachePath, JSON.stringify(known))
writeFileSync(join(output, 'features.f32'), Buffer.concat(features.map((rows) => Buffer.from(rows.buffer))))
writeFileSync(join(output, 'blocks.f64'), Buffer.concat(about.map((table) => Buffer.from(table.buffer))))
writeFileSync(join(output, 'pages.json'), JSON.stringify({ features: featureCount, feature_names: featureNames, columns, pages: notes }))

function cachedLabels(page: GoldPage, texts: readonly string[]): number[] {
  const key = createHash('sha1').update(page.id).update(JSON.stringify(texts)).digest('hex')
  known[key] ??= goldLabels(texts.map(scoringWords), scoringWords(page.gold!), page.prefix_only === true)
  return known[key]
}

function add(number: number, page: GoldPage, parsed: HtmlPage, labels: readonly number[]): void {
  const { rows, counts, ranges, keys } = blockFeatures(parsed)
  const { blocks } = parsed
  const words = blocks.texts.map(scoringWords)
  const table = new Float64Array(blocks.count * columns)
  for (let i = 0; i < blocks.count; i++) {
    table.set([number, labels[i]!, words[i]!.length, counts.weight[i]!, keys.slot[i]!, counts.good[i]!, ...ranges(i)], i * columns)
  }
  const own = new Float32Array(blocks.count * featureCount)
  for (let i = 0; i < blocks.count; i++) own.set(rows.subarray(i * rowLength, i * rowLength + featureCount), i * featureCount)
  features.push(own)
  about.push(table)
  notes.push({
    id: page.id,
    domain: page.domain,
    source: page.source,
    type: page.page_type ?? 'segments',
    gold: page.gold === undefined ? 0 : scoringWords(page.gold).length,
    blocks: blocks.count,
  })
}
/** Blocks with a segment that must be there are 1, with one that must not 0; of others nothing is known. */
function segmentLabels(page: GoldPage, texts: readonly string[]): number[] {
  const flat = (text: string): string => text.normalize('NFC').replace(/\s+/g, ' ')
  const [wanted, unwanted] = [page.with ?? [], page.without ?? []].map((segments) => segments.map(flat))
  return texts.map((text) => {
    const found = flat(text)
    if (wanted!.some((segment) => found.includes(segment))) return 1
    return unwanted!.some((segment) => found.includes(segment)) ? 0 : -1
  })
}

/** For each block, the share of its words that an alignment of page and gold matches. */
function goldLabels(blocks: readonly string[][], gold: readonly string[], prefix: boolean): number[] {
  const ids = new Map<string, number>()
  const idOf = (word: string): number => {
    const id = ids.get(word) ?? ids.size
    ids.set(word, id)
    return id
  }
  const page = Int32Array.from(blocks.flat(), idOf)
  const wanted = Int32Array.from(gold, idOf)
  const matched = new Uint8Array(page.length)
  const used = new Uint8Array(wanted.length)
  align(page, wanted, matched, used)
  const left = leftOver(wanted, used)
  let at = 0
  let last = -1
  const labels = blocks.map((words, i) => {
    let hits = 0
    for (let j = 0; j < words.length; j++) hits += matched[at + j]!
    // Text that stands elsewhere in the gold than on the page.
    if (hits < 0.5 * words.length && words.length >= 4) hits = Math.max(hits, claim(page.subarray(at, at + words.length), left))
    at += words.length
    const share = words.length === 0 ? -1 : hits / words.length
    if (share >= 0.5) last = i
    return share
  })
  // What comes after the end of a gold that is only the beginning is not known.
  return prefix ? labels.map((label, i) => (i > last ? -1 : label)) : labels
}

/** The alignment with the most matches, in which a run of matches counts one for each word and a third for its first. */
function align(page: Int32Array, gold: Int32Array, matched: Uint8Array, used: Uint8Array): void {
  const [n, m] = [page.length, gold.length]
  if (n * m > 1.5e9 || m === 0) return
  const width = m + 1
  const steps = new Uint8Array((n + 1) * width)
  let before = new Float32Array(width)
  let now = new Float32Array(width)
  let runBefore = new Float32Array(width).fill(-1e9)
  let run = new Float32Array(width)
  for (let i = 1; i <= n; i++) {
    const word = page[i - 1]!
    run[0] = -1e9
    now[0] = 0
    for (let j = 1; j <= m; j++) {
      let step = 0
      let best = before[j]! // 0: skip a word of the page
      if (now[j - 1]! > best) {
        best = now[j - 1]!
        step = 1
      }
      if (gold[j - 1] === word) {
        const longer = runBefore[j - 1]! + 1
        const fresh = before[j - 1]! + 0.34
        run[j] = Math.max(longer, fresh)
        if (longer >= fresh) step |= 4
        if (run[j]! > best) {
          best = run[j]!
          step = (step & 4) | 2
        }
      } else run[j] = -1e9
      now[j] = best
      steps[i * width + j] = step
    }
    ;[before, now] = [now, before]
    ;[runBefore, run] = [run, runBefore]
  }
  let [i, j] = [n, m]
  let inRun = false
  while (i > 0 && j > 0) {
    const step = steps[i * width + j]!
    if (inRun || (step & 3) === 2) {
      matched[i - 1] = used[j - 1] = 1
      inRun = (step & 4) !== 0
      i--
      j--
    } else if ((step & 3) === 1) j--
    else i--
  }
}

function triples(words: ArrayLike<number>, at: number): string {
  return `${words[at]} ${words[at + 1]} ${words[at + 2]}`
}

function leftOver(gold: Int32Array, used: Uint8Array): Map<string, number> {
  const left = new Map<string, number>()
  for (let i = 0; i + 2 < gold.length; i++) {
    if (used[i] || used[i + 1] || used[i + 2]) continue
    const key = triples(gold, i)
    left.set(key, (left.get(key) ?? 0) + 1)
  }
  return left
}

/** How many words of a block stand in gold that nothing was aligned with; they are taken from it. */
function claim(words: Int32Array, left: Map<string, number>): number {
  const keys = Array.from({ length: Math.max(0, words.length - 2) }, (_, i) => triples(words, i))
  const hits = keys.filter((key) => (left.get(key) ?? 0) > 0)
  if (hits.length < 0.6 * keys.length) return 0
  for (const key of hits) left.set(key, left.get(key)! - 1)
  return (hits.length / keys.length) * words.length
}
