/** How far one measured value sets two corpora apart, and where to cut (FineWeb, arXiv 2406.17557, §3.6): pure functions of samples. */

/** Values of a sample of documents, and the tokens of each. */
export interface ValueSample {
  values: ArrayLike<number>
  tokens: ArrayLike<number>
}

export type Weight = 'documents' | 'tokens'

/** Shares, 0 to 1. */
export interface Shares {
  documents: number
  tokens: number
}

export interface ThresholdCut {
  bound: 'min' | 'max'
  threshold: number
  /** Shares of each corpus that it removes. */
  good: Shares
  bad: Shares
  /** Share of the bad that it removes minus share of the good, by the weight asked for. */
  gain: number
  /** Another cut would gain more, and remove more of the good than it may. */
  limited: boolean
}

export interface Separation {
  /** Wasserstein-1 distance, in the unit of the value: how far the one has to be moved, on average, to become the other. */
  distance: number
  /** The same distance between ranks in both together, each of them half: 0 for the same distribution, 1 when all of one is below the other. */
  separation: number
  /** The best cut in each direction, the better one first; none where no cut gains more than chance would. */
  cuts: ThresholdCut[]
}

export interface CutLimits {
  weight: Weight
  /** Share of the bad that a cut has to remove. */
  minRemoved: number
  /** Share of the good that a cut may remove. */
  maxRemoved: number
  /** A cut that chance alone would gain with this probability, if the two were the same, is none. */
  chance: number
}

/** Compare two samples of one value. A value that is no number says nothing and is left out. */
export function separate(good: ValueSample, bad: ValueSample, limits: CutLimits): Separation {
  const table = tabulate(good, bad)
  const { good: g, bad: b } = table.shares[limits.weight]
  if (!g.at(-1) || !b.at(-1)) return { distance: 0, separation: 0, cuts: [] }
  const least = gainByChance(effective(good, limits.weight), effective(bad, limits.weight), limits.chance)
  const cuts = (['min', 'max'] as const).flatMap((bound) => bestCut(table, bound, limits) ?? [])
  return {
    distance: wasserstein(table.at, g, b),
    separation: 2 * wasserstein(middleRanks(g, b), g, b),
    cuts: cuts.filter(({ gain }) => gain > least).sort((x, y) => y.gain - x.gain),
  }
}

/** Both samples as shares at or below each different value, ascending. */
interface Table {
  at: Float64Array
  shares: Record<Weight, { good: Float64Array; bad: Float64Array }>
}

function tabulate(good: ValueSample, bad: ValueSample): Table {
  const all = new Float64Array(good.values.length + bad.values.length)
  all.set(good.values)
  all.set(bad.values, good.values.length)
  all.sort()
  let n = 0
  for (const value of all) if (Number.isFinite(value) && (n === 0 || value !== all[n - 1])) all[n++] = value
  const at = all.slice(0, n)
  const [ofGood, ofBad] = [good, bad].map((sample) => sharesUpTo(at, sample)) as [
    Record<Weight, Float64Array>,
    Record<Weight, Float64Array>,
  ]
  const both = (weight: Weight) => ({ good: ofGood[weight], bad: ofBad[weight] })
  return { at, shares: { documents: both('documents'), tokens: both('tokens') } }
}

function sharesUpTo(at: Float64Array, { values, tokens }: ValueSample): Record<Weight, Float64Array> {
  const found = { documents: new Float64Array(at.length), tokens: new Float64Array(at.length) }
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    if (!Number.isFinite(value)) continue
    const k = placeOf(at, value)
    found.documents[k]!++
    found.tokens[k]! += tokens[i]! || 0
  }
  for (const sums of Object.values(found)) {
    for (let k = 1; k < sums.length; k++) sums[k]! += sums[k - 1]!
    const total = sums.at(-1) ?? 0
    for (let k = 0; k < sums.length; k++) sums[k] = total === 0 ? 0 : sums[k]! / total
  }
  return found
}

/** Index of a value among all, ascending and each once. */
function placeOf(all: Float64Array, value: number): number {
  let [low, high] = [0, all.length - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    if (all[middle]! < value) low = middle + 1
    else high = middle
  }
  return low
}

/** The area between two distribution functions that step at the same places. */
function wasserstein(at: Float64Array, good: Float64Array, bad: Float64Array): number {
  let area = 0
  for (let k = 0; k + 1 < at.length; k++) area += Math.abs(good[k]! - bad[k]!) * (at[k + 1]! - at[k]!)
  return area
}

/** The rank of each value in both together, 0 to 1, equal values sharing the middle of theirs. */
function middleRanks(good: Float64Array, bad: Float64Array): Float64Array {
  const ranks = new Float64Array(good.length)
  let below = 0
  for (let k = 0; k < ranks.length; k++) {
    const upTo = (good[k]! + bad[k]!) / 2
    ranks[k] = (below + upTo) / 2
    below = upTo
  }
  return ranks
}

/** Documents as many as these, all of one weight, would say as much (Kish). */
function effective({ values, tokens }: ValueSample, weight: Weight): number {
  let [sum, squares] = [0, 0]
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i]!)) continue
    const w = weight === 'documents' ? 1 : tokens[i]! || 0
    sum += w
    squares += w * w
  }
  return squares === 0 ? 0 : (sum * sum) / squares
}

/** What the best cut in one direction gains, between two samples of the same distribution, with a probability at most (Smirnov's limit). */
export const gainByChance = (good: number, bad: number, chance: number): number =>
  good === 0 || bad === 0 ? Number.POSITIVE_INFINITY : Math.sqrt((Math.log(1 / chance) / 2) * (1 / good + 1 / bad))

/**
 * Where the share of the bad that is removed exceeds that of the good by most: beyond it there is more of the bad than of the good, which is where
 * FineWeb cut. Of all cuts within a hundredth of that, the one whose threshold is the roundest number.
 */
function bestCut(
  { at, shares }: Table,
  bound: ThresholdCut['bound'],
  { weight, minRemoved, maxRemoved }: CutLimits,
): ThresholdCut | undefined {
  // Cut k lies between the values k and k + 1: `min` removes what is at or below k, `max` the rest.
  const removed = (of: Float64Array, k: number): number => (bound === 'min' ? of[k]! : 1 - of[k]!)
  const { good, bad } = shares[weight]
  const gain = (k: number): number => removed(bad, k) - removed(good, k)
  const isAllowed = (k: number): boolean => removed(bad, k) >= minRemoved && removed(good, k) <= maxRemoved
  let best = -1
  let unlimited = 0
  for (let k = 0; k + 1 < at.length; k++) {
    if (removed(bad, k) >= minRemoved) unlimited = Math.max(unlimited, gain(k))
    if (!isAllowed(k) || gain(k) <= 0) continue
    if (best < 0 || gain(k) > gain(best) || (gain(k) === gain(best) && removed(good, k) < removed(good, best))) best = k
  }
  if (best < 0) return undefined
  const isAsGood = (k: number): boolean => k >= 0 && k + 1 < at.length && isAllowed(k) && gain(k) >= 0.99 * gain(best)
  let [first, last] = [best, best]
  while (isAsGood(first - 1)) first--
  while (isAsGood(last + 1)) last++
  const threshold = roundest(at[first]!, at[last + 1]!, bound === 'min' ? at[best + 1]! : at[best]!, bound)
  let k = first
  while (k < last && (bound === 'min' ? at[k + 1]! < threshold : at[k + 1]! <= threshold)) k++
  const sharesAt = (side: 'good' | 'bad'): Shares => ({
    documents: removed(shares.documents[side], k),
    tokens: removed(shares.tokens[side], k),
  })
  return { bound, threshold, good: sharesAt('good'), bad: sharesAt('bad'), gain: gain(k), limited: unlimited > gain(best) }
}

/** The number with the fewest decimals in (low, high] for `min`, [low, high) for `max`; of those, the nearest to where the best cut is. */
export function roundest(low: number, high: number, best: number, bound: ThresholdCut['bound']): number {
  const isInside = (x: number): boolean => (bound === 'min' ? x > low && x <= high : x >= low && x < high)
  for (let decimals = Math.floor(-Math.log10(high - low)) - 1; decimals <= 20; decimals++) {
    const rounded = (x: number): number =>
      decimals >= 0 ? Number(x.toFixed(decimals)) : Number(`${Math.round(x * 10 ** decimals)}e${-decimals}`)
    const unit = 10 ** -decimals
    const candidates = [best, best - unit, best + unit, high, low].map(rounded).filter(isInside)
    if (candidates.length > 0) return candidates.sort((x, y) => Math.abs(x - best) - Math.abs(y - best))[0]! + 0
  }
  return best
}

export interface PairedHistogram {
  from: number
  to: number
  /** Shares of each corpus in equally wide bins; what lies beyond is in the outermost. */
  good: number[]
  bad: number[]
}

/** Both samples in the same bins, spanning what lies between their 0.5th and 99.5th percentiles, and the cut. */
export function pairedHistogram(good: ValueSample, bad: ValueSample, cut: number | undefined, weight: Weight, count = 48): PairedHistogram {
  const sorted = [good, bad]
    .map(({ values }) => Float64Array.from(values).filter(Number.isFinite).sort())
    .filter(({ length }) => length > 0)
  const at = (all: Float64Array, share: number): number => all[Math.min(all.length - 1, Math.floor(share * all.length))]!
  const from = Math.min(...sorted.map((all) => at(all, 0.005)), cut ?? Number.POSITIVE_INFINITY)
  const to = Math.max(...sorted.map((all) => at(all, 0.995)), cut ?? Number.NEGATIVE_INFINITY)
  const bins = ({ values, tokens }: ValueSample): number[] => {
    const sums = new Array<number>(count).fill(0)
    let total = 0
    for (let i = 0; i < values.length; i++) {
      if (!Number.isFinite(values[i]!)) continue
      const w = weight === 'documents' ? 1 : tokens[i]! || 0
      const bin = to === from ? count >> 1 : Math.floor(((values[i]! - from) / (to - from)) * count)
      const index = Math.max(0, Math.min(count - 1, bin))
      sums[index]! += w
      total += w
    }
    return sums.map((sum) => (total === 0 ? 0 : sum / total))
  }
  return { from, to, good: bins(good), bad: bins(bad) }
}
