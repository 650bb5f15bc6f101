import { UserError } from '../core/errors.ts'

const scales: Record<string, number> = { '': 1, K: 1e3, M: 1e6, G: 1e9, B: 1e9, T: 1e12 }

/** Tokens as people write them: "28B", "2.5M", "360_000". Throws a UserError for anything else. */
export function parseTokens(text: string): number {
  const match = /^(\d[\d_,]*(?:\.\d+)?) ?([KMGBT]?)$/i.exec(text.trim())
  const tokens = match ? Number(match[1]!.replace(/[_,]/g, '')) * scales[match[2]!.toUpperCase()]! : Number.NaN
  if (!Number.isSafeInteger(Math.round(tokens)) || Math.round(tokens) < 1)
    throw new UserError(`${text}: not a number of tokens`, 'write 28B, 2.5M or 360000')
  return Math.round(tokens)
}

/** Three digits, never more than the number. */
function roundedDown(value: number): number {
  const step = 10 ** (Math.floor(Math.log10(value)) - 2)
  return Number((Math.floor(value / step + 1e-9) * step).toPrecision(3))
}

/** The same the other way round, rounded down: 28_000_000_000 is "28B". */
export function shownTokens(tokens: number): string {
  for (const [unit, scale] of [
    ['T', 1e12],
    ['B', 1e9],
    ['M', 1e6],
    ['K', 1e3],
  ] as const)
    if (tokens >= scale) return `${roundedDown(tokens / scale)}${unit}`
  return String(tokens)
}
