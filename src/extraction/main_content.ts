import { type BlockFeatures, blockFeatures } from './block_features.ts'
import { blockScores } from './block_scores.ts'
import { readTrees, type Trees } from './gradient_trees.ts'
import type { HtmlPage } from './html_page.ts'
import { bit } from './html_tags.ts'
import { dropLooseEnds } from './loose_ends.ts'
import { model } from './main_content_model.generated.ts'
import { pageText, type TextLayout } from './page_text.ts'
import { veto } from './vetoes.ts'

export const presets = ['precision', 'balanced', 'recall'] as const
export type Preset = (typeof presets)[number]

export interface ContentOptions extends TextLayout {
  /** The page's address: it tells discussions from articles. */
  url?: string
  preset: Preset
  /** Whether discussions below the text are kept too. */
  comments: boolean
  /** Another model than the one shipped; for measuring. */
  trees?: readonly Trees[]
}

/**
 * Blocks are kept whose probability is at least this times F, where F is the F-measure that the page's best choice of blocks can expect: a page
 * of clear text is cut sharply, one of which little is sure keeps more. Half of F is the optimum of F1 if probabilities are exact.
 */
const strictness: Record<Preset, number> = { precision: 0.5, balanced: 0.4, recall: 0.2 }
/** Texts shorter than this (characters) are little: what stands in menus is none of it, and JSON-LD may have more. */
const thin = 250
/** Where less than this share of the chosen words is expected to be right, the page has no main text. */
const hopeless = 0.2
/** Pages of more blocks or elements than these are judged by length and links alone, to bound memory; of real pages hardly any has. */
const maxBlocks = 30_000
const maxNodes = 200_000

let shipped: Trees[] | undefined

/**
 * The main text of an HTML page, or '' when it has none.
 *
 * Each block gets a probability from a model learned on annotated pages; which are enough depends on the page and the preset. Where that leaves
 * little, it is what JSON-LD repeats of an article, if there is more of it.
 */
export function mainContent(page: HtmlPage, options: ContentOptions): string {
  const { preset, comments, url, trees } = options
  const { blocks } = page
  if (blocks.count === 0) return page.head.articleBody
  if (isBare(page)) return pageText(page, new Uint8Array(blocks.count).fill(1), options)
  if (blocks.count > maxBlocks || page.nodes.count > maxNodes) return pageText(page, longBlocks(page), options)
  const features = blockFeatures(page)
  const scores = blockScores(features, blocks.count, trees ?? (shipped ??= readTrees(model)))
  const { words } = features.counts
  veto(page, features, scores)
  if (preset === 'precision') doubtComments(page, scores, words, url)
  let keep = choose(scores, words, strictness[preset])
  if (isThin(page, keep)) dropMenus(page, keep)
  if (preset !== 'recall') {
    if (trust(scores, words, keep) < hopeless) keep = sentences(page, features, scores)
    dropLooseEnds(page, words, keep)
  }
  if (comments) addComments(page, features, keep)
  const text = pageText(page, keep, options)
  return text.length < thin && page.head.articleBody.length > 2 * thin ? page.head.articleBody : text
}

const plain = (['heading', 'list', 'table', 'pre', 'quote', 'article', 'main'] as const).map(bit).reduce((bits, hint) => bits | hint)

/** Whether a page has no links, forms or hints of anything but text: then all of it is main text. */
function isBare({ nodes, blocks }: HtmlPage): boolean {
  for (let i = 0; i < blocks.count; i++) if (blocks.links[i] !== 0) return false
  for (let k = 0; k < nodes.count; k++) if ((nodes.hints[k]! & ~plain) !== 0 || nodes.inputs[k] !== 0) return false
  return true
}

function isThin({ blocks }: HtmlPage, keep: Uint8Array): boolean {
  let length = 0
  for (let i = 0; i < blocks.count && length < thin; i++) if (keep[i]) length += blocks.texts[i]!.length
  return length < thin
}

/** The share of the kept words that is expected to be right. */
function trust(scores: Float32Array, words: Int32Array, keep: Uint8Array): number {
  let [hits, size] = [0, 0]
  for (let i = 0; i < keep.length; i++) {
    if (!keep[i]) continue
    hits += scores[i]! * words[i]!
    size += words[i]!
  }
  return size === 0 ? 0 : hits / size
}

const chrome = (['nav', 'header', 'footer', 'aside', 'form', 'hidden', 'ad', 'social', 'related', 'dialog', 'button', 'legal'] as const)
  .map(bit)
  .reduce((bits, hint) => bits | hint)

/** The last resort: long blocks of sentences that nothing calls something else; Thai and the like have no full stops. */
function sentences({ nodes, blocks }: HtmlPage, { counts }: BlockFeatures, scores: Float32Array): Uint8Array {
  const above = hintsAbove(nodes)
  return Uint8Array.from(counts.good.subarray(0, blocks.count), (good, i) =>
    good > 0 && scores[i]! > 0 && (counts.stops[i]! > 0 || good > 1.5 * blocks.texts[i]!.length) && (above[blocks.node[i]!]! & chrome) === 0
      ? 1
      : 0,
  )
}

const menus = bit('nav') | bit('footer') | bit('button') | bit('dialog')

/** Of the little that there is, what stands in menus and the like is nothing. */
function dropMenus({ nodes, blocks }: HtmlPage, keep: Uint8Array): void {
  const above = hintsAbove(nodes)
  for (let i = 0; i < blocks.count; i++) if ((above[blocks.node[i]!]! & menus) !== 0) keep[i] = 0
}

/** For each element, what it and all elements around it say. */
function hintsAbove(nodes: HtmlPage['nodes']): Int32Array {
  const above = new Int32Array(nodes.count)
  for (let k = 0; k < nodes.count; k++) above[k] = nodes.hints[k]! | (k > 0 ? above[nodes.parent[k]!]! : 0)
  return above
}

function longBlocks({ blocks }: HtmlPage): Uint8Array {
  return Uint8Array.from(blocks.texts, (text, i) => (text.length >= 80 && blocks.linkChars[i]! < 0.3 * text.length ? 1 : 0))
}

/** The blocks that are likely enough, by their probabilities and words. */
export function choose(scores: Float32Array, words: Int32Array, strict: number): Uint8Array {
  let best = 0
  for (const score of scores) if (score > best) best = score
  const least = Math.min(best, strict * expectedF(scores, words))
  return Uint8Array.from(scores, (score) => (score > 0 && score >= least ? 1 : 0))
}

/** The highest F1 that a choice of blocks can expect: 2 · Σ kept p·w / (Σ kept w + Σ all p·w), with w the words of a block and p its probability. */
function expectedF(scores: Float32Array, words: Int32Array): number {
  const order = Uint32Array.from(scores, (_, i) => i).sort((a, b) => scores[b]! - scores[a]!)
  let all = 0
  for (let i = 0; i < scores.length; i++) all += scores[i]! * words[i]!
  let [hits, size, best] = [0, 0, 0]
  for (const block of order) {
    hits += scores[block]! * words[block]!
    size += words[block]!
    best = Math.max(best, (2 * hits) / (size + all))
  }
  return best
}

const comment = bit('comment')
const noComment = bit('form') | bit('button') | bit('nav') | bit('hidden') | bit('dialog')

/** Addresses of discussions, in most languages. */
const forumAddress =
  /^https?:\/\/[^/]*(?:forum|foro|community|discuss)|\/(?:forums?|foros?|threads?|topics?|viewtopic|showthread|discussions?|questions?|boards?|community|answers)(?:[/.?]|$)/i

/** Words of likely text outside of comments from which on a page is no discussion: if it calls itself an article, and if it does not. */
const articleWords = 60
const textWords = 400
const doubt = 0.05

/** On an article's page what stands among comments is no text, unless the page or its address says that it is a discussion. */
function doubtComments({ nodes, blocks, head }: HtmlPage, scores: Float32Array, words: Int32Array, url = ''): void {
  if ((head.schema & 4) !== 0 || forumAddress.test(url || head.canonical)) return
  const isArticle = head.type === 'article' || (head.schema & 1) !== 0
  const above = hintsAbove(nodes)
  const among = (i: number): boolean => (above[blocks.node[i]!]! & comment) !== 0
  let outside = 0
  for (let i = 0; i < blocks.count; i++) if (!among(i)) outside += scores[i]! * words[i]!
  if (outside >= (isArticle ? articleWords : textWords)) for (let i = 0; i < blocks.count; i++) if (among(i)) scores[i]! *= doubt
}

/** Keep the sentences of comment sections too. */
function addComments({ nodes, blocks }: HtmlPage, { counts }: BlockFeatures, keep: Uint8Array): void {
  const above = hintsAbove(nodes)
  for (let i = 0; i < blocks.count; i++) {
    const hints = above[blocks.node[i]!]!
    const long = counts.words[i]! >= 5 || counts.stops[i]! > 0
    if ((hints & comment) !== 0 && (hints & noComment) === 0 && long && blocks.linkChars[i]! < 0.3 * blocks.texts[i]!.length) keep[i] = 1
  }
}
