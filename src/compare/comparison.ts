import { stepsOf } from '../pipeline/plan.ts'
import { type Amount, addDocument, nothing } from './amounts.ts'
import { type Attribution, Tally } from './attribution.ts'
import { type Breakdown, splitters } from './breakdown.ts'
import { type Looked, lookAt, type Place } from './documents.ts'
import { type ArmVerdicts, type Judged, judge, Names } from './judge.ts'
import { type Arm, type Measurement, readIn } from './measurement.ts'
import { mixed, Smallest } from './nearest.ts'
import type { ArmRule } from './rules.ts'

export interface CompareOptions {
  /** Random documents to show of those that only one arm keeps. */
  samples: number
  seed: number
  /** Documents to show on either side of each rule's bound, of those that all other rules keep. */
  nearest: number
  /** Properties and measured columns to break kept shares down by. */
  by: readonly string[]
  texts: boolean
  /** Keep values for distributions, of about so many documents. */
  values: number
}

export interface RuleResult extends Attribution {
  bounds: ArmRule['bounds']
  /** Documents nearest to the bound that all other rules keep: on the removed side, and on the kept side; nearest first. */
  nearest: { removed: Example[]; kept: Example[] }
}

/** A document with what was measured on it: for the rules of the arm that objects, where one does. */
export interface Example extends Looked {
  values: Record<string, number>
  /** Why the objecting arm's run has removed it before its rules: no text, or a duplicate. Null when its rules decide. */
  removed_before: string | null
}

export interface Side {
  name: string
  pipeline: string
  hash: string
  /** Barriers whose decisions are those of the run as it was measured. */
  standing: string[]
  /** Whether the measured run counted tokens; without, they are 0 everywhere. */
  counts_tokens: boolean
  /** Documents that have a text, or break a rule before they would get one. */
  reached: Amount
  kept: Amount
  /** Documents that break no rule, and that a barrier has removed. */
  by_barriers: Amount
  rules: RuleResult[]
  /** Documents that break both of two rules. */
  overlaps: number[][]
}

export interface Comparison {
  documents: number
  a: Side
  b: Side
  /** As A writes them, and as B does. */
  both: Amount
  both_in_b: Amount
  only_a: Amount
  only_b: Amount
  neither: Amount
  by: Breakdown[]
  samples: { only_a: Example[]; only_b: Example[] }
  /** What rules measured, of documents that reach them, by column; not part of the JSON. */
  distributions: Map<string, number[]>
}

/** A document to look at later, with the values that the rules of an arm see. */
type Picked = Place & Pick<Example, 'values' | 'removed_before'>

/** Compare what two arms keep of a measurement, and what each rule does. Reads verdicts; texts only of the documents it shows. */
export async function compareArms({ runs }: Measurement, a: Arm, b: Arm, options: CompareOptions): Promise<Comparison> {
  const arms = [a, b]
  const columns: { arm: number; column: string }[] = []
  const slot = (arm: number, column: string): number => {
    const known = columns.findIndex((wanted) => arms[wanted.arm]!.run === arms[arm]!.run && wanted.column === column)
    return known >= 0 ? known : columns.push({ arm, column }) - 1
  }
  const slots = arms.map((arm, i) => arm.rules.map(({ column }) => slot(i, column)))
  const names = { languages: new Names(), dumps: new Names(), reasons: new Names() }
  const measured = (arm: Arm): string[] => stepsOf(arm.run.plan).flatMap(({ kind, label }) => (kind === 'filter' ? [label] : []))
  const armOf = (column: string): number => (measured(a).includes(column) ? 0 : 1)
  const parts = splitters(options.by, names, [...new Set([...measured(a), ...measured(b)])], (column) => slot(armOf(column), column))

  const tallies = arms.map((arm) => new Tally(arm.rules.map(({ label }) => label)))
  const quarters = { both: nothing(), both_in_b: nothing(), only_a: nothing(), only_b: nothing(), neither: nothing() }
  const picks = { only_a: new Smallest<Picked>(options.samples), only_b: new Smallest<Picked>(options.samples) }
  const borders = arms.map((arm) =>
    arm.rules.map(() => ({ removed: new Smallest<Picked>(options.nearest), kept: new Smallest<Picked>(options.nearest) })),
  )
  const distributions = new Map<string, number[]>(slots.flat().map((k) => [columns[k]!.column, []]))
  const everyNth = Math.ceil(readIn(runs[0]!) / Math.max(1, options.values))
  let documents = 0
  const shards = runs[0]!.plan.inputs.length
  const wanted = {
    values: columns,
    languages: names.languages,
    reasons: names.reasons,
    ...(options.by.includes('dump') ? { dumps: names.dumps } : {}),
    urls: options.by.includes('domain'),
  }
  for await (const judged of judge(shards, arms, wanted)) {
    documents += judged.size
    const [one, other] = judged.arms as [ArmVerdicts, ArmVerdicts]
    tallies[0]!.add(one)
    tallies[1]!.add(other)
    for (const part of parts) part.add(judged)
    const valuesOf = (arm: number, i: number): Record<string, number> =>
      Object.fromEntries(slots[arm]!.map((k, r) => [arms[arm]!.rules[r]!.label, judged.values[k]![i]!]))
    const place = (verdicts: ArmVerdicts, i: number): Place => ({
      shard: judged.shard,
      verdictRow: verdicts.verdictRow[i]!,
      dataRow: verdicts.dataRow[i]!,
    })
    for (let i = 0; i < judged.size; i++) {
      if (!one.reached[i] && !other.reached[i]) continue
      const quarter = one.kept[i] ? (other.kept[i] ? 'both' : 'only_a') : other.kept[i] ? 'only_b' : 'neither'
      const told = quarter === 'only_b' || (quarter === 'neither' && !one.reached[i]) ? other : one
      if (quarter === 'neither') addDocument(quarters.neither, told.uneditedBytes[i]!, told.uneditedTokens[i]!)
      else addDocument(quarters[quarter], told.bytes[i]!, told.tokens[i]!)
      if (quarter === 'both') addDocument(quarters.both_in_b, other.bytes[i]!, other.tokens[i]!)
      if (quarter !== 'only_a' && quarter !== 'only_b') continue
      const key = mixed(options.seed, judged.shard, judged.row[i]!)
      // What only one keeps, with what the other's rules see.
      if (key < picks[quarter].limit) {
        const objecting = quarter === 'only_a' ? 1 : 0
        const { reason, broken, words } = judged.arms[objecting]!
        const byRules = broken.subarray(i * words, (i + 1) * words).some((bits) => bits !== 0)
        const removed_before = byRules ? null : (names.reasons.list[reason[i]!] ?? 'not read')
        picks[quarter].add(key, { ...place(told, i), values: valuesOf(objecting, i), removed_before })
      }
    }
    if (options.nearest > 0)
      for (const [at, arm] of arms.entries()) {
        const verdicts = judged.arms[at]!
        findNearest(arm, judged, verdicts, slots[at]!, borders[at]!, (i) => ({
          ...place(verdicts, i),
          values: valuesOf(at, i),
          removed_before: null,
        }))
      }
    if (options.values > 0) sampleValues(judged, columns, distributions, everyNth)
  }
  const sides = await Promise.all(arms.map((arm, at) => sideOf(arm, tallies[at]!, borders[at]!, options)))
  return {
    documents,
    a: sides[0]!,
    b: sides[1]!,
    ...quarters,
    by: parts.map((part) => part.result()),
    samples: {
      only_a: await examples(a, picks.only_a.items, options.texts),
      only_b: await examples(b, picks.only_b.items, options.texts),
    },
    distributions,
  }
}

async function sideOf(
  arm: Arm,
  tally: Tally,
  borders: readonly { removed: Smallest<Picked>; kept: Smallest<Picked> }[],
  { texts }: CompareOptions,
): Promise<Side> {
  const rules: RuleResult[] = []
  for (const [r, attribution] of tally.rules.entries()) {
    const [removed, kept] = [borders[r]!.removed.items, borders[r]!.kept.items]
    const looked = await examples(arm, [...removed, ...kept], texts)
    rules.push({
      ...attribution,
      bounds: arm.rules[r]!.bounds,
      nearest: { removed: looked.slice(0, removed.length), kept: looked.slice(removed.length) },
    })
  }
  const { name, plan, standing } = arm
  return {
    name,
    pipeline: plan.pipeline,
    hash: plan.hash,
    standing,
    counts_tokens: arm.run.plan.tokens !== null,
    reached: tally.reached,
    kept: tally.kept,
    by_barriers: tally.byBarriers,
    rules,
    overlaps: tally.overlaps,
  }
}

async function examples(arm: Arm, picked: readonly Picked[], texts: boolean): Promise<Example[]> {
  const looked = await lookAt(arm.run, picked, texts)
  return looked.map((document, i) => ({ ...document, values: picked[i]!.values, removed_before: picked[i]!.removed_before }))
}

/** Of documents that at most one rule removes, those that measure nearest to that rule's bound. */
function findNearest(
  { rules }: Arm,
  judged: Judged,
  { reached, kept, broken, words }: ArmVerdicts,
  slots: readonly number[],
  borders: readonly { removed: Smallest<Picked>; kept: Smallest<Picked> }[],
  pick: (i: number) => Picked,
): void {
  for (const [r, { bounds }] of rules.entries()) {
    const values = judged.values[slots[r]!]!
    const limits = Object.values(bounds).filter((bound) => bound !== undefined)
    const { removed, kept: passed } = borders[r]!
    for (let i = 0; i < judged.size; i++) {
      if (!kept[i] && !(reached[i] && breaksOnly(broken, i * words, words, r))) continue
      let distance = Number.POSITIVE_INFINITY
      for (const bound of limits) distance = Math.min(distance, Math.abs(values[i]! - bound))
      const side = kept[i] ? passed : removed
      if (distance < side.limit) side.add(distance, pick(i))
    }
  }
}

function breaksOnly(broken: Uint32Array, at: number, words: number, rule: number): boolean {
  for (let w = 0; w < words; w++) if (broken[at + w] !== (rule >> 5 === w ? (1 << (rule & 31)) >>> 0 : 0)) return false
  return true
}

/** One of so many documents, by a hash of its place. */
function sampleValues(
  judged: Judged,
  columns: readonly { arm: number; column: string }[],
  distributions: ReadonlyMap<string, number[]>,
  everyNth: number,
): void {
  const chosen: number[] = []
  for (let i = 0; i < judged.size; i++) if (mixed(0, judged.shard, judged.row[i]!) % everyNth === 0) chosen.push(i)
  for (const [k, { arm, column }] of columns.entries()) {
    const list = distributions.get(column)
    const { reached } = judged.arms[arm]!
    for (const i of chosen) if (reached[i] && !Number.isNaN(judged.values[k]![i]!)) list?.push(judged.values[k]![i]!)
  }
}
