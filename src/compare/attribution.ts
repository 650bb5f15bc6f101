import { type Amount, addDocument, addTimes, nothing } from './amounts.ts'
import type { ArmVerdicts } from './judge.ts'

/** What one rule does. */
export interface Attribution {
  label: string
  /** Documents that it is the first to remove, in the order of the pipeline. */
  first: Amount
  /** That it would remove if it were the only rule. */
  solo: Amount
  /** That no other rule removes: what would be kept without it. */
  unique: Amount
  /**
   * Its share whatever the order: a document that k rules break counts 1 / k for each. That is the Shapley value, for any one of the k would
   * remove the document alone; so it is exact for any number of rules.
   */
  share: Amount
}

/** Adds up, shard by shard, what documents that reach the rules break. */
export class Tally {
  /** What is removed counts as it was before it was edited, what is kept as it is written. */
  readonly reached = nothing()
  readonly kept = nothing()
  /** Documents that break no rule, and that a barrier has removed. */
  readonly byBarriers = nothing()
  /** What each rule does. */
  readonly rules: Attribution[]
  /** Documents that break both of two rules, row by row; each rule's own in the diagonal. */
  readonly #overlaps: Float64Array

  constructor(labels: readonly string[]) {
    this.rules = labels.map((label) => ({ label, first: nothing(), solo: nothing(), unique: nothing(), share: nothing() }))
    this.#overlaps = new Float64Array(labels.length ** 2)
  }

  add({ reached, kept, broken, words, bytes, tokens, uneditedBytes, uneditedTokens }: ArmVerdicts): void {
    const rules = this.rules.length
    const list = new Int32Array(rules)
    const amount = nothing()
    amount.documents = 1
    for (let i = 0; i < kept.length; i++) {
      if (!reached[i]) continue
      amount.bytes = uneditedBytes[i]! || 0
      amount.tokens = uneditedTokens[i]! || 0
      addTimes(this.reached, amount, 1)
      if (kept[i]) {
        addDocument(this.kept, bytes[i]!, tokens[i]!)
        continue
      }
      const count = rulesOf(broken, i * words, words, list)
      if (count === 0) addTimes(this.byBarriers, amount, 1)
      for (let a = 0; a < count; a++) {
        const rule = this.rules[list[a]!]!
        addTimes(rule.solo, amount, 1)
        addTimes(rule.share, amount, 1 / count)
        if (a === 0) addTimes(rule.first, amount, 1)
        if (count === 1) addTimes(rule.unique, amount, 1)
        for (let b = 0, row = list[a]! * rules; b < count; b++) this.#overlaps[row + list[b]!]!++
      }
    }
  }

  get overlaps(): number[][] {
    const n = this.rules.length
    return this.rules.map((_, a) => Array.from(this.#overlaps.subarray(a * n, (a + 1) * n)))
  }
}

/** Write the numbers of the bits that are set to a list, ascending; returns how many. */
function rulesOf(broken: Uint32Array, at: number, words: number, list: Int32Array): number {
  let count = 0
  for (let w = 0; w < words; w++) {
    for (let bits = broken[at + w]!; bits !== 0; bits &= bits - 1) list[count++] = 32 * w + 31 - Math.clz32(bits & -bits)
  }
  return count
}
