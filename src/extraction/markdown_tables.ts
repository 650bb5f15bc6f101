import type { HtmlPage } from './html_page.ts'
import { tag } from './html_tags.ts'

const table = tag('table')
const row = tag('tr')
const cell = tag('td')
const header = tag('th')
/** A table with a longer cell (characters) lays out a page. */
const longestCell = 300

interface FoundTable {
  /** Its blocks in the order of the page. */
  blocks: number[]
  /** The texts of its rows by column, in the order of the page. */
  rows: Map<number, string[]>
  isLayout: boolean
}

/**
 * Tables of the kept blocks as Markdown, by the first block of each; its other blocks get ''. What lays out a page is left out: tables of one
 * row or column, with tables in them, or with cells of several blocks. Needs a page whose blocks say which cells they are made of.
 */
export function markdownTables(page: HtmlPage, keep: ArrayLike<number | boolean>): Map<number, string> {
  const { blocks, nodes } = page
  const columns = columnsOf(page)
  const tables = new Map<number, FoundTable>()
  for (let i = 0; i < blocks.count; i++) {
    if (!keep[i]) continue
    const [first = 0, ...rest] = blocks.cells[i] ?? [blocks.node[i]!]
    const texts = cutAt(
      blocks.texts[i]!,
      rest.filter((_, k) => k % 2 === 0),
    )
    const cells = [first, ...rest.filter((_, k) => k % 2 === 1)].map((node) =>
      ancestor(page, node, (name) => name === cell || name === header),
    )
    const line = ancestor(page, first, (name) => name === row)
    const around = ancestor(page, line, (name) => name === table)
    if (around < 0) continue
    for (let outer = ancestor(page, nodes.parent[around]!, (name) => name === table); outer >= 0; ) {
      tableAt(tables, outer).isLayout = true
      outer = ancestor(page, nodes.parent[outer]!, (name) => name === table)
    }
    const found = tableAt(tables, around)
    found.blocks.push(i)
    const texted = found.rows.get(line) ?? []
    found.rows.set(line, texted)
    cells.forEach((node, k) => {
      const column = columns.get(node) ?? 0
      const text = texts[k] ?? ''
      if (texted[column] !== undefined || text.length > longestCell) found.isLayout = true
      texted[column] = text
    })
  }
  const written = new Map<number, string>()
  for (const { blocks: own, rows, isLayout } of tables.values()) {
    const width = Math.max(...[...rows.values()].map((texts) => texts.length))
    if (isLayout || rows.size < 2 || width < 2) continue
    for (const i of own) written.set(i, '')
    written.set(own[0]!, markdown([...rows.values()], width))
  }
  return written
}

function tableAt(tables: Map<number, FoundTable>, node: number): FoundTable {
  const found = tables.get(node) ?? { blocks: [], rows: new Map(), isLayout: false }
  tables.set(node, found)
  return found
}

function markdown(rows: readonly string[][], width: number): string {
  const lines = rows.map((texts) => `| ${Array.from({ length: width }, (_, k) => written(texts[k] ?? '')).join(' | ')} |`)
  lines.splice(1, 0, `|${' --- |'.repeat(width)}`)
  return lines.join('\n')
}

const written = (text: string): string => text.replace(/\s*\n\s*/g, ' ').replace(/\|/g, '\\|')

/** The pieces of a text between some of its bars, which are counted from 0. */
function cutAt(text: string, bars: readonly number[]): string[] {
  if (bars.length === 0) return [text]
  const cuts = new Set(bars)
  const pieces: string[] = ['']
  text.split('|').forEach((piece, k) => {
    if (k === 0) pieces[0] = piece
    else if (cuts.has(k - 1)) pieces.push(piece)
    else pieces[pieces.length - 1] += `|${piece}`
  })
  return pieces.map((piece) => piece.trim())
}

/** The column of each cell, by its place in its row. */
function columnsOf({ nodes }: HtmlPage): Map<number, number> {
  const columns = new Map<number, number>()
  const next = new Map<number, number>()
  for (let k = 1; k < nodes.count; k++) {
    if (nodes.tag[k] !== cell && nodes.tag[k] !== header) continue
    const parent = nodes.parent[k]!
    const column = next.get(parent) ?? 0
    columns.set(k, column)
    next.set(parent, column + 1)
  }
  return columns
}

function ancestor({ nodes }: HtmlPage, node: number, fits: (name: number) => boolean): number {
  for (let k = node; k > 0; k = nodes.parent[k]!) if (fits(nodes.tag[k]!)) return k
  return -1
}
