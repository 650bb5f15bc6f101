import { columnsOf, isAddress, padEnd, padStart, terminalWidth, wrap } from './layout.ts'

/** Numbers and tables for people. */

export const count = (n: number): string => Math.round(n).toLocaleString('en-US')

export function bytes(n: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']
  let unit = 0
  for (; n >= 999.5 && unit < units.length - 1; unit++) n /= 1000
  return `${unit === 0 || n >= 99.95 ? Math.round(n) : n.toFixed(1)} ${units[unit]}`
}

export const percent = (part: number, whole: number): string => (whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)} %`)

/** A share as people name it: 0.05 is "5 %", 0.975 is "97.5 %". */
export const exactPercent = (share: number): string => `${Number((100 * share).toPrecision(4))} %`

/** A measured value: whole, or four digits. */
export const shortNumber = (value: number): string => String(Number.isInteger(value) ? value : Number(value.toPrecision(4)))

/** A score: points with two decimals, other metrics (bits per byte, losses) with four; no minus before a zero. */
export const points = (score: number, unit: 'points' | 'value' = 'points'): string => {
  const digits = unit === 'points' ? 2 : 4
  return Number(score.toFixed(digits)).toFixed(digits)
}
export const signed = (gap: number, unit?: 'points' | 'value'): string => points(gap, unit).replace(/^(?!-)/, '+')

/** How far a training is, in tokens or steps: 2.1B, 500M, 20,000. */
export function checkpoint(place: number): string {
  const unit = place >= 1e9 ? 1e9 : place >= 1e7 ? 1e6 : 1
  return unit === 1 ? place.toLocaleString('en-US') : `${Number((place / unit).toPrecision(4))}${unit === 1e9 ? 'B' : 'M'}`
}

export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–'
  const s = Math.round(seconds)
  const [h, m] = [Math.floor(s / 3600), Math.floor((s % 3600) / 60)]
  return h > 0 ? `${h}:${String(m).padStart(2, '0')}:${String(s % 60).padStart(2, '0')}` : `${m}:${String(s % 60).padStart(2, '0')}`
}

/** Numbers never wrap and are aligned right. */
const isNumber = (text: string): boolean => /^[-–]?[\d,.]*( ?%| [kMGTP]?B)?$/.test(text)
const gap = '  '
/** Cells of text up to this width never wrap; no column is made narrower than this, even where its words are wider and have to be broken. */
const least = 16

/**
 * Rows as aligned columns, in the width of the terminal: first titles wrap, then the widest columns of text give way and wrap inside their cells.
 * Numbers never wrap; where columns do not fit side by side, the last ones are set as a second table below, with the first column again.
 */
export function table(header: readonly string[], rows: readonly (readonly string[])[], width = terminalWidth()): string {
  const columns = header.map((title, i) =>
    columnOf(
      title,
      rows.map((row) => row[i] ?? ''),
    ),
  )
  const blocks: TableColumn[][] = [[]]
  for (const column of columns) {
    const block = blocks.at(-1)!
    if (block.length > 1 && widthOf([...block, column].map(({ narrowest }) => narrowest)) > width) blocks.push([columns[0]!, column])
    else block.push(column)
  }
  return blocks.map((block) => aligned(block, rows.length, width)).join('\n\n')
}

interface TableColumn {
  title: string
  cells: string[]
  isNumeric: boolean
  /** Widths in which all stands on one line, all cells do, and no word or short cell is broken. */
  widest: number
  cellsWhole: number
  narrowest: number
}

function columnOf(title: string, cells: string[]): TableColumn {
  const isNumeric = cells.length > 0 && cells.every(isNumber)
  const titleWord = longestWord(title)
  const cell = Math.max(0, ...cells.map(columnsOf))
  return {
    title,
    cells,
    isNumeric,
    widest: Math.max(columnsOf(title), cell),
    cellsWhole: Math.max(titleWord, cell),
    narrowest: Math.max(titleWord, isNumeric ? cell : Math.max(Math.min(least, cell), ...cells.map(longestWord))),
  }
}

/** URLs are never broken and may be wider than their column. */
const longestWord = (text: string): number => Math.max(0, ...text.split(/\s/).map((word) => (isAddress(word) ? 0 : columnsOf(word))))

const widthOf = (widths: readonly number[]): number => widths.reduce((a, b) => a + b, gap.length * (widths.length - 1))

function widthsOf(columns: readonly TableColumn[], width: number): number[] {
  const widths = columns.map(({ widest }) => widest)
  /** Take from the column that `sizeOf` gives the largest number until all fit or none is above 0. */
  const take = (sizeOf: (column: TableColumn, size: number) => number): void => {
    while (widthOf(widths) > width) {
      const sizes = columns.map((column, i) => sizeOf(column, widths[i]!))
      const most = Math.max(...sizes)
      if (most <= 0) return
      widths[sizes.lastIndexOf(most)]! -= 1
    }
  }
  take(({ cellsWhole }, size) => size - cellsWhole)
  take(({ narrowest }, size) => (size > narrowest ? size : 0))
  take(({ isNumeric }, size) => (!isNumeric && size > least ? size : 0))
  return widths
}

function aligned(columns: readonly TableColumn[], rows: number, width: number): string {
  const widths = widthsOf(columns, width)
  const line = (cells: readonly string[], isTitle = false): string => {
    const parts = cells.map((text, i) => wrap(text, { width: widths[i]! }).split('\n'))
    const height = Math.max(...parts.map(({ length }) => length))
    const lines = Array.from({ length: height }, (_, k) =>
      parts
        .map((part, i) => {
          // Titles stand on the line below them.
          const text = part[isTitle ? k - height + part.length : k] ?? ''
          return columns[i]!.isNumeric ? padStart(text, widths[i]!) : padEnd(text, widths[i]!)
        })
        .join(gap)
        .trimEnd(),
    )
    return lines.join('\n')
  }
  const titles = line(
    columns.map(({ title }) => title),
    true,
  )
  const body = Array.from({ length: rows }, (_, k) => line(columns.map(({ cells }) => cells[k]!)))
  return [titles, widths.map((size) => '─'.repeat(size)).join(gap), ...body].join('\n')
}
