import { type Amount, addDocument, addTimes, nothing } from './amounts.ts'
import type { ArmVerdicts } from './judge.ts'

/** Documents that break the same rules. */
export interface Group extends Amount {
  /** Indexes of the rules, ascending. */
  rules: number[]
}

/** Adds up, shard by shard, what documents that reach the rules break. */
export class Tally {
  /** What is removed counts as it was before it was edited, what is kept as it is written. */
  readonly reached = nothing()
  readonly kept = nothing()
  readonly #groups = new Map<number | string, Group>()

  constructor(private readonly rules: number) {}

  add({ reached, kept, broken, words, bytes, tokens, uneditedBytes, uneditedTokens }: ArmVerdicts): void {
    for (let i = 0; i < kept.length; i++) {
      if (!reached[i]) continue
      addDocument(this.reached, uneditedBytes[i]!, uneditedTokens[i]!)
      if (kept[i]) addDocument(this.kept, bytes[i]!, tokens[i]!)
      else addDocument(this.#group(broken, i * words, words), uneditedBytes[i]!, uneditedTokens[i]!)
    }
  }

  /** Documents that break some rule. */
  get groups(): Group[] {
    return [...this.#groups.values()].filter(({ rules }) => rules.length > 0)
  }

  /** Documents that break none, and that a barrier has removed. */
  get byBarriers(): Amount {
    const { documents, bytes, tokens } = [...this.#groups.values()].find(({ rules }) => rules.length === 0) ?? nothing()
    return { documents, bytes, tokens }
  }

  #group(broken: Uint32Array, at: number, words: number): Group {
    const key =
      words === 1
        ? broken[at]!
        : words === 2 && this.rules <= 53
          ? broken[at]! + broken[at + 1]! * 2 ** 32
          : broken.subarray(at, at + words).join()
    let group = this.#groups.get(key)
    if (!group) {
      const rules: number[] = []
      for (let rule = 0; rule < this.rules; rule++) if (broken[at + (rule >> 5)]! & (1 << (rule & 31))) rules.push(rule)
      group = { rules, ...nothing() }
      this.#groups.set(key, group)
    }
    return group
  }
}

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

export function attribute(labels: readonly string[], groups: readonly Group[]): Attribution[] {
  const found = labels.map((label): Attribution => ({ label, first: nothing(), solo: nothing(), unique: nothing(), share: nothing() }))
  for (const group of groups) {
    for (const rule of group.rules) {
      const { first, solo, unique, share } = found[rule]!
      addTimes(solo, group, 1)
      addTimes(share, group, 1 / group.rules.length)
      if (rule === group.rules[0]) addTimes(first, group, 1)
      if (group.rules.length === 1) addTimes(unique, group, 1)
    }
  }
  return found
}

/** Documents that break both of two rules, for all pairs; each rule's own in the diagonal. */
export function overlaps(rules: number, groups: readonly Group[]): number[][] {
  const matrix = Array.from({ length: rules }, () => new Array<number>(rules).fill(0))
  for (const { rules: broken, documents } of groups) for (const a of broken) for (const b of broken) matrix[a]![b]! += documents
  return matrix
}
