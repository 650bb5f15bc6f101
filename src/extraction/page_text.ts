import type { HtmlPage } from './html_page.ts'
import { bit, isHeading, tag } from './html_tags.ts'
import { wellFormed } from './tidy_text.ts'

type TextBlockKind = 'paragraph' | 'item' | 'row' | 'preformatted' | 'quote' | 'heading'

const item = tag('li')
const row = tag('tr')
const cell = tag('td')
const header = tag('th')
const term = tag('dt')
const definition = tag('dd')
const pre = bit('pre')
const quote = bit('quote')
/** Cells of one row that came as blocks of their own are still joined when both are at most so long. */
const maxCellLength = 200

/**
 * The chosen blocks as text: paragraphs are lines, items of lists begin with "- ", cells of a row are joined by " | ", and an empty line
 * stands before headings and where paragraphs, lists, tables, quotes and code meet.
 */
export function pageText(page: HtmlPage, keep: ArrayLike<number | boolean>): string {
  const { blocks } = page
  let text = ''
  let before: TextBlockKind | undefined
  let rowBefore = -1
  let itemBefore = -1
  let lineLength = 0
  for (let i = 0; i < blocks.count; i++) {
    if (!keep[i]) continue
    const node = blocks.node[i]!
    const place = placeOf(page, node)
    const { kind } = place
    let content = blocks.texts[i]!
    const sameRow = place.row >= 0 && place.row === rowBefore
    if (sameRow && content.length <= maxCellLength && lineLength <= 3 * maxCellLength) {
      text += ` | ${content}`
      lineLength += content.length
      continue
    }
    if (kind === 'item' && place.item !== itemBefore) content = `- ${content}`
    if (before !== undefined)
      text += kind === 'heading' || (kind !== before && before !== 'heading') || kind === 'preformatted' ? '\n\n' : '\n'
    text += content
    lineLength = content.length
    before = kind
    itemBefore = place.item
    rowBefore = content.length <= maxCellLength ? place.row : -1
  }
  return wellFormed(text)

  function placeOf({ nodes }: HtmlPage, node: number): { kind: TextBlockKind; item: number; row: number } {
    let kind: TextBlockKind = 'paragraph'
    let [foundItem, foundRow] = [-1, -1]
    // The nearest few elements tell; what stands further out is layout.
    for (let level = 0, k = node; level < 4 && k > 0; level++, k = nodes.parent[k]!) {
      const name = nodes.tag[k]!
      if (isHeading(name)) return { kind: 'heading', item: -1, row: -1 }
      if ((nodes.hints[k]! & pre) !== 0) return { kind: 'preformatted', item: -1, row: -1 }
      if (kind === 'paragraph' && (name === item || name === definition) && foundItem < 0) {
        kind = 'item'
        foundItem = k
      } else if (foundRow < 0 && (name === row || name === cell || name === header)) {
        if (kind === 'paragraph') kind = 'row'
        if (name === row) foundRow = k
      } else if (kind === 'paragraph' && (nodes.hints[k]! & quote) !== 0) kind = 'quote'
    }
    if (nodes.tag[node] === term) kind = 'paragraph'
    return { kind, item: foundItem, row: foundRow }
  }
}

/** All that a page shows as text, a block a line, its title first: what Common Crawl's WET files hold of it. */
export function allText({ head, blocks }: HtmlPage): string {
  const lines = head.title === '' ? blocks.texts : [head.title, ...blocks.texts]
  return wellFormed(lines.join('\n'))
}
