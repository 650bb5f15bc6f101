import { scoringWords } from './extraction_gold.ts'

export interface Score {
  precision: number
  recall: number
  f1: number
}

const harmonic = (precision: number, recall: number): number =>
  precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall)

function bag<T>(items: readonly T[]): Map<T, number> {
  const counts = new Map<T, number>()
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1)
  return counts
}

function common<T>(a: Map<T, number>, b: Map<T, number>): number {
  let sum = 0
  for (const [item, count] of a) sum += Math.min(count, b.get(item) ?? 0)
  return sum
}

/** Precision, recall and F1 of the multisets of words of one page (as WCXB scores). */
export function wordScore(gold: string, found: string): Score {
  const [wanted, got] = [scoringWords(gold), scoringWords(found)]
  if (wanted.length === 0 || got.length === 0) {
    const same = wanted.length === got.length ? 1 : 0
    return { precision: same, recall: same, f1: same }
  }
  const shared = common(bag(wanted), bag(got))
  const [precision, recall] = [shared / got.length, shared / wanted.length]
  return { precision, recall, f1: harmonic(precision, recall) }
}

/** Share of the gold's words that were found: for pages of which only the beginning is known. */
export const wordRecall = (gold: string, found: string): number => {
  const wanted = scoringWords(gold)
  return wanted.length === 0 ? 1 : common(bag(wanted), bag(scoringWords(found))) / wanted.length
}

const shingles = (text: string): Map<string, number> => {
  const tokens = text.match(/[\p{L}\p{N}_]+/gu) ?? []
  return bag(Array.from({ length: Math.max(1, tokens.length - 3) }, (_, i) => tokens.slice(i, i + 4).join(' ')).filter((s) => s !== ''))
}

/**
 * The measure of scrapinghub's article-extraction-benchmark (evaluate.py): multisets of 4-grams; mean precision and mean recall over pages,
 * and the F1 of these means.
 */
export function shingleScore(pages: readonly { gold: string; found: string }[]): Score {
  let [precision, recall] = [0, 0]
  for (const { gold, found } of pages) {
    const [wanted, got] = [shingles(gold), shingles(found)]
    const sum = (counts: Map<string, number>): number => [...counts.values()].reduce((a, b) => a + b, 0)
    const hits = common(wanted, got)
    const [missed, wrong] = [sum(wanted) - hits, sum(got) - hits]
    const exact = missed === 0 && wrong === 0
    precision += exact ? 1 : hits + wrong === 0 ? 0 : hits / (hits + wrong)
    recall += exact ? 1 : hits + missed === 0 ? 0 : hits / (hits + missed)
  }
  const n = Math.max(1, pages.length)
  return { precision: precision / n, recall: recall / n, f1: harmonic(precision / n, recall / n) }
}

const flat = (text: string): string => text.normalize('NFC').replace(/\s+/g, ' ')

/** Segments that must be in the text and that must not, over all pages (as trafilatura's evaluation counts). */
export function segmentScore(pages: readonly { with: string[]; without: string[]; found: string }[]): Score {
  let [hits, missed, wrong] = [0, 0, 0]
  for (const page of pages) {
    const found = flat(page.found)
    for (const segment of page.with) found.includes(flat(segment)) ? hits++ : missed++
    for (const segment of page.without) if (found.includes(flat(segment))) wrong++
  }
  const precision = hits + wrong === 0 ? 0 : hits / (hits + wrong)
  const recall = hits + missed === 0 ? 0 : hits / (hits + missed)
  return { precision, recall, f1: harmonic(precision, recall) }
}
