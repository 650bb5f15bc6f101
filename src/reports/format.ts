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

/** Points of a score: two decimals, and no minus before a zero. */
export const points = (score: number): string => Number(score.toFixed(2)).toFixed(2)
export const signed = (gap: number): string => points(gap).replace(/^(?!-)/, '+')

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

/** Rows as aligned columns; cells that look like numbers go to the right. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [header, ...rows]
  const widths = header.map((_, i) => Math.max(...all.map((row) => (row[i] ?? '').length)))
  const numeric = header.map((_, i) => rows.length > 0 && rows.every((row) => /^[-–]?[\d,.]*( ?%| [kMGTP]?B)?$/.test(row[i] ?? '')))
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) => (numeric[i] ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join('  ')
      .trimEnd()
  return [line(header), widths.map((width) => '─'.repeat(width)).join('  '), ...rows.map(line)].join('\n')
}
