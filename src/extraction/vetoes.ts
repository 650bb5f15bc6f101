import { type BlockFeatures, columns, rowLength } from './block_features.ts'
import type { Sums } from './element_statistics.ts'
import type { Blocks, HtmlPage } from './html_page.ts'
import { bit, unshown } from './html_tags.ts'

/** A block of so many links and little else is a menu: of such words on annotated pages, 3 % are text. */
const menuLinks = 8
const menuLinkShare = 0.9
/** An element of so many blocks that are links and nothing else is a menu: 0.3 % are text, of listings 1 %. */
const treeBlocks = 80
const treeLinkShare = 0.95
/** How far around a block such an element is looked for. */
const treeLevels = 3
/** An element that calls itself related and is as much a menu as that is one, unless it has this share of the page's text: 3 % are text. */
const relatedShare = 0.5
/** An overlay with less than this share of the page's text is no text: 3 % are. */
const overlayShare = 0.2
/** What an attribute hides and is less than this share, or these characters, is no text; more may be an article that a script shows. */
const unshownShare = 0.02
const unshownLength = 200
/** Where such short pieces are this share of the page, they may be what it is about. */
const unshownMost = 0.5

/**
 * Take what is surely a menu, links to related pages, an overlay, a form to answer, hidden, or a word to readers without scripts for no text,
 * however little else the page has.
 */
export function veto(page: HtmlPage, features: BlockFeatures, scores: Float32Array): void {
  const { blocks } = page
  const { rows } = features
  const silent = silentElements(page, features.sums)
  for (let i = 0, row = 0; i < scores.length; i++, row += rowLength) {
    const overlay = rows[row + columns.dialog]!
    const isOverlay = overlay >= 0 && overlay < overlayShare
    const kind = silent[blocks.node[i]!]!
    const isSilent = kind === never || (kind === noscript && asksForScripts(blocks.texts[i]!))
    if (isOverlay || isSilent || isMenu(blocks, i) || inMenuTree(rows, row)) scores[i] = 0
  }
}

const never = 1
const noscript = 2
const noscriptBit = bit('noscript')
const relatedBit = bit('related')

/** What only says that the page needs scripts: the name of the language, or in a few words, scripts. */
const asksForScripts = (text: string): boolean =>
  /java\s?script|ecmascript/i.test(text) || (text.length <= maxRequest && scripts.test(text))
const maxRequest = 300
const scripts = /\b(?:scripts?|scripting|skripte?)\b|\bJS\b|скрипт|сценари|脚本|腳本|スクリプト|스크립트|جافا\s?سكر?يبت|ג'אווה סקריפט/i

/** Which elements are hidden or links to related pages, and which are for readers without scripts. */
function silentElements({ nodes }: HtmlPage, { chars, linkChars, blocks }: Sums): Uint8Array {
  const kinds = new Uint8Array(nodes.count)
  let short = 0
  for (let k = 1; k < nodes.count; k++) if ((nodes.hints[k]! & unshown) !== 0 && chars[k]! < unshownLength) short += chars[k]!
  const longest = Math.max(unshownShare * chars[0]!, short < unshownMost * (chars[0]! - linkChars[0]!) ? unshownLength : 0)
  for (let k = 1; k < nodes.count; k++) {
    const hints = nodes.hints[k]!
    const isHidden = (hints & unshown) !== 0 && chars[k]! < longest
    const isRelated =
      (hints & relatedBit) !== 0 &&
      blocks[k]! >= menuLinks &&
      linkChars[k]! > menuLinkShare * chars[k]! &&
      chars[k]! < relatedShare * chars[0]!
    kinds[k] = isHidden || isRelated ? never : kinds[nodes.parent[k]!]! || ((hints & noscriptBit) !== 0 ? noscript : 0)
  }
  return kinds
}

/** Each link but one brings a space or a mark along. */
const isMenu = ({ links, linkChars, texts }: Blocks, i: number): boolean =>
  links[i]! >= menuLinks && linkChars[i]! + links[i]! - 1 > menuLinkShare * texts[i]!.length

function inMenuTree(rows: Float32Array, row: number): boolean {
  for (let level = 0; level < treeLevels; level++) {
    const at = row + level * columns.perLevel
    if (rows[at + columns.blocksAround]! >= Math.log1p(treeBlocks - 0.5) && rows[at + columns.linkShareAround]! > treeLinkShare) return true
  }
  return false
}
