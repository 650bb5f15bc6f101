import { type BlockFeatures, featureCount, rowLength } from './block_features.ts'
import { score, type Trees } from './gradient_trees.ts'

/**
 * How likely each block is part of the main text. Two ensembles: the second sees what the first thinks of the blocks around, so that a short
 * line in an article and the same line in a menu are told apart.
 */
export function blockScores(features: BlockFeatures, count: number, [first, second]: readonly Trees[]): Float32Array {
  const guess = score(first!, features.rows, rowLength, count)
  addContext(features, guess)
  return score(second!, features.rows, rowLength, count)
}

/** Probability from which on a block counts as all but certain. */
const certainty = 0.9

/** Write what the first ensemble said around each block behind the block's own features. */
function addContext({ rows, counts, keys, ranges }: BlockFeatures, guess: Float32Array): void {
  const n = guess.length
  const { weight } = counts
  const weights = new Float64Array(n + 1)
  const likely = new Float64Array(n + 1)
  const keyWeight = new Float64Array(keys.count.length)
  const keyLikely = new Float64Array(keys.count.length)
  let sure = 0
  // Of blocks that are all but certain: their weight, and where they stand.
  const certain = new Float64Array(n + 1)
  let [firstCertain, lastCertain] = [n, -1]
  for (let i = 0; i < n; i++) {
    const expected = guess[i]! * weight[i]!
    weights[i + 1] = weights[i]! + weight[i]!
    likely[i + 1] = likely[i]! + expected
    keyWeight[keys.slot[i]!]! += weight[i]!
    keyLikely[keys.slot[i]!]! += expected
    if (guess[i]! >= 0.5) sure += weight[i]!
    certain[i + 1] = certain[i]!
    if (guess[i]! >= certainty) {
      certain[i + 1]! += expected
      firstCertain = Math.min(firstCertain, i)
      lastCertain = i
    }
  }
  const share = (from: number, to: number): number => (likely[to]! - likely[from]!) / (weights[to]! - weights[from]!)
  const total = likely[n]! || 1
  const next = new Int32Array(n)
  for (let i = n - 1, found = 100_000; i >= 0; i--) {
    if (guess[i]! >= 0.5) found = i
    next[i] = Math.min(60, found - i)
  }
  for (let i = 0, last = -1000; i < n; i++) {
    if (guess[i]! >= 0.5) last = i
    let at = i * rowLength + featureCount
    rows[at++] = guess[i]!
    for (const step of [-1, 1, -2, 2, -3, 3]) rows[at++] = guess[i + step] ?? -1
    for (const reach of [5, 15]) rows[at++] = share(Math.max(0, i - reach), Math.min(n, i + reach + 1))
    const around = ranges(i)
    for (let level = 0; level < 4; level++) {
      const [from, to] = [around[2 * level]!, around[2 * level + 1]! + 1]
      rows[at++] = share(from, to)
      rows[at++] = (likely[to]! - likely[from]!) / total
    }
    rows[at++] = keyLikely[keys.slot[i]!]! / keyWeight[keys.slot[i]!]!
    rows[at++] = Math.log1p(likely[n]!)
    rows[at++] = likely[n]! / weights[n]!
    rows[at++] = likely[i]! / total
    rows[at++] = sure / weights[n]!
    rows[at++] = Math.min(60, i - last)
    rows[at++] = next[i]!
    rows[at++] = Math.log1p(certain[n]!)
    rows[at++] = certain[n]! / total
    rows[at++] = certain[n] === 0 ? -1 : certain[i]! / certain[n]!
    for (let level = 1; level < 4; level++) {
      rows[at++] = certain[n] === 0 ? -1 : (certain[around[2 * level + 1]! + 1]! - certain[around[2 * level]!]!) / certain[n]!
    }
    rows[at++] = lastCertain < 0 ? 0 : i < firstCertain ? Math.max(-60, i - firstCertain) : Math.min(60, Math.max(0, i - lastCertain))
    rows[at++] = keyLikely[keys.slot[i]!]! / total
  }
}
