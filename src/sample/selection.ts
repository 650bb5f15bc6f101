import { everything, noDocument, type OrderCut } from './order.ts'

/** Keys fall into so many equal intervals; the budget ends in one of them, and only its documents are held. */
const buckets = 1 << 14

/** Documents in the order of a seed, of which as many are taken as fill a budget of tokens. */
export interface Draw {
  budget: number
  /** `reach`: the last document taken is the one that reaches the budget; `nearest`: unless its end is farther from the budget than its beginning. */
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
 * Finds where each of many draws ends, in two passes over the documents and little memory (128 KiB for each draw): first tokens by interval of
 * keys, then the documents of the interval in which the budget ends.
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

  /** Between the passes. Returns the draws whose documents do not reach their budgets. */
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

  /** Where each draw ends, and with how many tokens; everything, where there is too little. */
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
