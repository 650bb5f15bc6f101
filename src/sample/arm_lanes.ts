import type { Corpus } from './corpus.ts'
import type { Lane } from './cuts.ts'
import type { ArmPart, SampleArm } from './request.ts'

/** A part of an arm: what it takes once, the end of its last, partial copy, and the number of whole copies. */
export interface ArmLanes {
  fresh: Lane
  partial: Lane
  copies: number
}

/**
 * The lanes of an arm in the order of one seed. Each part has its share of the tokens, divided among the strata. A duplicated part draws only the rest
 * of its share, and fills the share with whole copies and a partial one.
 */
export function lanesOf(
  { parts, duplicated }: SampleArm,
  seed: number,
  tokens: number,
  { shares, corpusOf }: { shares: readonly number[]; corpusOf: (part: ArmPart) => Corpus },
): ArmLanes[] {
  return parts.map((part) => {
    const budget = tokens * part.share
    const fresh = budget * (1 - duplicated)
    const copies = Math.floor(budget / fresh + 1e-9)
    const lane = (amount: number): Lane => ({
      part,
      corpus: corpusOf(part),
      seed,
      budgets: shares.map((share) => Math.round(amount * share)),
      rounding: shares.length > 1 || parts.length > 1 ? 'nearest' : 'reach',
    })
    return { fresh: lane(fresh), partial: lane(duplicated > 0 ? budget - fresh * copies : 0), copies }
  })
}
