import type { Bounds } from '../core/filter.ts'

export interface Histogram {
  from: number
  to: number
  /** Documents in each of equally wide bins; values outside [from, to] are in the outermost. */
  bins: number[]
  median: number
}

/** A histogram that shows the bulk of the values: it spans the 0.5th to 99.5th percentile, widened to hold the bounds that are not far from any value. */
export function histogram(values: ArrayLike<number>, bounds: Bounds, count = 40): Histogram {
  const sorted = Float64Array.from(values).sort()
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!
  const limits = Object.values(bounds).filter((bound) => bound !== undefined)
  const inReach = limits.filter((bound) => bound <= sorted.at(-1)! * 2 || bound <= at(0.995) * 2)
  const from = Math.min(at(0.005), ...inReach)
  const to = Math.max(at(0.995), ...inReach)
  const bins = new Array<number>(count).fill(0)
  for (const value of sorted) {
    const bin = to === from ? count >> 1 : Math.floor(((value - from) / (to - from)) * count)
    const index = Math.max(0, Math.min(count - 1, bin))
    bins[index] = bins[index]! + 1
  }
  return { from, to, bins, median: at(0.5) }
}
