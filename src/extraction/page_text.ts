import type { HtmlPage } from './html_page.ts'
import { bit, isHeading, tag } from './html_tags.ts'
import { markdownTables } from './markdown_tables.ts'
import { wellFormed } from './tidy_text.ts'

/** How code and tables are written; `markdown` needs a page whose blocks say which cells they are made of. */
export interface TextLayout {
  code?: 'text' | 'fences'
  tables?: 'cells' | 'markdown'
}

/** What a block is by the elements around it, and which item, row and cell it stands in (-1: none). */
interface BlockPlace {
  kind: TextBlockKind
  item: number
  row: number
  cell: number
}

type TextBlockKind = 'paragraph' | 'item' | 'row' | 'preformatted' | 'quote' | 'heading' | 'table'

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
export function pageText(page: HtmlPage, keep: ArrayLike<number | boolean>, { code, tables }: TextLayout = {}): string {
  const { blocks } = page
  const written = tables === 'markdown' ? markdownTables(page, keep) : undefined
  const several = cellsOfSeveralBlocks(page, keep)
  let text = ''
  let before: TextBlockKind | undefined
  let rowBefore = -1
  let cellBefore = -1
  let itemBefore = -1
  let lineLength = 0
  for (let i = 0; i < blocks.count; i++) {
    if (!keep[i]) continue
    const asTable = written?.get(i)
    if (asTable === '') continue
    if (asTable !== undefined) {
      text += before === undefined ? asTable : `\n\n${asTable}`
      before = 'table'
      itemBefore = rowBefore = cellBefore = -1
      continue
    }
    const node = blocks.node[i]!
    const place = placeOf(page, node)
    const { kind } = place
    let content = blocks.texts[i]!
    const sameRow = place.row >= 0 && place.row === rowBefore && !several.has(place.cell) && !several.has(cellBefore)
    if (sameRow && content.length <= maxCellLength && lineLength <= 3 * maxCellLength) {
      text += ` | ${content}`
      lineLength += content.length
      cellBefore = placeOf(page, blocks.last[i]!).cell
      continue
    }
    if (kind === 'item' && place.item !== itemBefore) content = `- ${content}`
    if (kind === 'preformatted' && code === 'fences') content = fenced(content)
    if (before !== undefined)
      text += kind === 'heading' || (kind !== before && before !== 'heading') || kind === 'preformatted' ? '\n\n' : '\n'
    text += content
    lineLength = content.length
    before = kind
    itemBefore = place.item
    rowBefore = content.length <= maxCellLength ? place.row : -1
    cellBefore = blocks.last[i] === node ? place.cell : placeOf(page, blocks.last[i]!).cell
  }
  return wellFormed(text)

  function placeOf({ nodes }: HtmlPage, node: number): BlockPlace {
    let kind: TextBlockKind = 'paragraph'
    let [foundItem, foundRow, foundCell] = [-1, -1, -1]
    // The nearest few elements tell; what stands further out is layout.
    for (let level = 0, k = node; level < 4 && k > 0; level++, k = nodes.parent[k]!) {
      const name = nodes.tag[k]!
      if (isHeading(name)) return { kind: 'heading', item: -1, row: -1, cell: -1 }
      if ((nodes.hints[k]! & pre) !== 0) return { kind: 'preformatted', item: -1, row: -1, cell: -1 }
      if (kind === 'paragraph' && (name === item || name === definition) && foundItem < 0) {
        kind = 'item'
        foundItem = k
      } else if (foundRow < 0 && (name === row || name === cell || name === header)) {
        if (kind === 'paragraph') kind = 'row'
        if (name === row) foundRow = k
        else if (foundCell < 0) foundCell = k
      } else if (kind === 'paragraph' && (nodes.hints[k]! & quote) !== 0) kind = 'quote'
    }
    if (nodes.tag[node] === term) kind = 'paragraph'
    return { kind, item: foundItem, row: foundRow, cell: foundCell }
  }
}

/** Code between lines of backticks, more of them than the code has in a row. */
function fenced(code: string): string {
  const fence = '`'.repeat(Math.max(3, ...[...code.matchAll(/`+/g)].map(([run]) => run.length + 1)))
  return `${fence}\n${code}\n${fence}`
}

/** Cells that hold more than one of the kept blocks: they lay out a page, or tell of something at length. */
function cellsOfSeveralBlocks({ nodes, blocks }: HtmlPage, keep: ArrayLike<number | boolean>): Set<number> {
  const found = new Set<number>()
  const several = new Set<number>()
  for (let i = 0; i < blocks.count; i++) {
    if (!keep[i]) continue
    for (let k = blocks.last[i]!; k > 0; k = nodes.parent[k]!) {
      if (nodes.tag[k] !== cell && nodes.tag[k] !== header) continue
      if (found.has(k)) several.add(k)
      found.add(k)
      break
    }
  }
  return several
}

/** All that a page shows as text, a block a line, its title first: what Common Crawl's WET files hold of it. */
export function allText({ head, blocks }: HtmlPage): string {
  const lines = head.title === '' ? blocks.texts : [head.title, ...blocks.texts]
  return wellFormed(lines.join('\n'))
}
