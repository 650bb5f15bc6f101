import { unit } from '../core/hash.ts'
import type { Take } from './input.ts'

/** The number that decides whether a name is drawn: those with the smallest are, so a larger draw contains a smaller one. */
export const lot = (seed: number, name: string): number => unit(`take ${seed}`, name)

/** Draw names by hash. What is drawn depends on the names and the seed, not on their order. Throws no error: more than there is draws all. */
export function draw<T>(all: readonly T[], nameOf: (one: T) => string, take: Take, seed: number): T[] {
  const count = 'count' in take ? take.count : Math.max(1, Math.round(take.share * all.length))
  if (count >= all.length) return [...all]
  const lots = all.map((one, i) => ({ i, lot: lot(seed, nameOf(one)) })).sort((a, b) => a.lot - b.lot || a.i - b.i)
  const drawn = new Set(lots.slice(0, count).map(({ i }) => i))
  return all.filter((_, i) => drawn.has(i))
}
