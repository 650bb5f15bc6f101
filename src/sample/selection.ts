import { everything, noDocument, type OrderCut } from './order.ts'

/** Equal intervals of keys. Only the documents of the one where the budget ends are held in memory. */
const buckets = 1 << 14

/** Take documents in the order of a seed until a budget of tokens is full. */
export interface Draw {
  budget: number
  /** `reach`: take the document that reaches the budget. `nearest`: leave it out if the total is nearer to the budget without it. */
  rounding: 'reach' | 'nearest'
}

/** What there is to draw from, when it is less than the budget. */
export interface Shortage {
  draw: number
  budget: number
  tokens: number
}

interface Held {
  key: number
  shard: number
  row: number
  tokens: number
}

/**
 * Finds where each of many draws ends, in two passes over the documents. The first sums tokens by interval of keys. The second looks at the documents
 * of the interval where the budget ends. Takes 128 KiB for each draw.
 */
export class CutFinder {
  readonly #tokens: Float64Array[]
  #ends: { bucket: number; before: number }[] = []
  readonly #held: Held[][]

  constructor(private readonly draws: readonly Draw[]) {
    this.#tokens = draws.map(() => new Float64Array(buckets))
    this.#held = draws.map(() => [])
  }

  /** First pass: a document that a draw may take. */
  count(draw: number, key: number, tokens: number): void {
    this.#tokens[draw]![Math.floor(key * buckets)]! += tokens
  }

  /** Call between the passes. Returns the draws that have too few documents for their budgets. */
  locate(): Shortage[] {
    this.#ends = this.draws.map(({ budget }, draw) => {
      let before = 0
      if (budget <= 0) return { bucket: 0, before }
      for (let bucket = 0; bucket < buckets; bucket++) {
        const here = this.#tokens[draw]![bucket]!
        if (before + here >= budget) return { bucket, before }
        before += here
      }
      return { bucket: buckets, before }
    })
    return this.#ends.flatMap(({ bucket, before }, draw) =>
      bucket === buckets ? [{ draw, budget: this.draws[draw]!.budget, tokens: before }] : [],
    )
  }

  /** Second pass: the same documents again. */
  hold(draw: number, key: number, shard: number, row: number, tokens: number): void {
    if (Math.floor(key * buckets) === this.#ends[draw]!.bucket) this.#held[draw]!.push({ key, shard, row, tokens })
  }

  /** Where each draw ends, and its tokens. A draw with too little takes everything. */
  ends(): End[] {
    return this.draws.map(({ budget, rounding }, draw) => {
      const { bucket, before } = this.#ends[draw]!
      if (budget <= 0) return { cut: noDocument, tokens: 0 }
      if (bucket === buckets) return { cut: everything, tokens: before }
      const held = this.#held[draw]!.sort((a, b) => a.key - b.key || a.shard - b.shard || a.row - b.row)
      // All documents of earlier intervals, and none of this one.
      let last: End = { cut: { key: bucket / buckets, shard: -1, row: -1 }, tokens: before }
      for (const { key, shard, row, tokens } of held) {
        const end = { cut: { key, shard, row }, tokens: last.tokens + tokens }
        if (end.tokens >= budget) return rounding === 'nearest' && budget - last.tokens < end.tokens - budget ? last : end
        last = end
      }
      throw new Error(`draw ${draw}: the second pass saw other documents than the first`)
    })
  }
}

export interface End {
  cut: OrderCut
  tokens: number
}
