import { stepsOf } from '../pipeline/plan.ts'
import { type Amount, addDocument, nothing } from './amounts.ts'
import { type Attribution, Tally } from './attribution.ts'
import { type Breakdown, partCounters } from './breakdown.ts'
import { type Looked, lookAt, type Place } from './documents.ts'
import { type DuplicateIds, duplicateIds } from './duplicate_ids.ts'
import { type ArmVerdicts, type ExtraColumns, type Judged, judge, Names } from './judge.ts'
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
  duplicate_ids: DuplicateIds
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

/** Of one rule, the documents nearest to its bound on either side. */
interface Border {
  removed: Smallest<Picked>
  kept: Smallest<Picked>
}

type Quarter = 'both' | 'only_a' | 'only_b' | 'neither'

/** Compare what two arms keep of a measurement, and what each rule does. Reads verdicts; texts only of the documents it shows. */
export async function compareArms({ runs }: Measurement, a: Arm, b: Arm, options: CompareOptions): Promise<Comparison> {
  const arms: [Arm, Arm] = [a, b]
  const columns = new ComparedColumns(arms)
  const names = { languages: new Names(), dumps: new Names(), reasons: new Names() }
  const counters = partCounters(options.by, names, columns.measured, (column) => columns.slotOf(columns.armWith(column), column))
  const tallies = arms.map((arm) => new Tally(arm.rules.map(({ label }) => label)))
  const quarters = { both: nothing(), both_in_b: nothing(), only_a: nothing(), only_b: nothing(), neither: nothing() }
  const picks = { only_a: new Smallest<Picked>(options.samples), only_b: new Smallest<Picked>(options.samples) }
  const borders = arms.map(({ rules }) => rules.map(() => emptyBorder(options.nearest)))
  const distributions = new Map<string, number[]>(columns.ofRules.flat().map((slot) => [columns.list[slot]!.column, []]))
  const everyNth = Math.ceil(readIn(runs[0]!) / Math.max(1, options.values))
  let documents = 0
  for await (const judged of judge(runs[0]!.plan.inputs.splits, arms, extraColumns(columns.list, names, options.by))) {
    documents += judged.size
    for (const [side, tally] of tallies.entries()) tally.add(judged.arms[side]!)
    for (const counter of counters) counter.add(judged)
    addQuarters(quarters, judged)
    pickSamples(picks, judged, columns, names.reasons, options.seed)
    if (options.nearest > 0) for (const [side, arm] of arms.entries()) findNearest(arm, judged, side, columns, borders[side]!)
    if (options.values > 0) sampleValues(judged, columns.list, distributions, everyNth)
  }
  const [sideA, sideB] = await Promise.all(arms.map((arm, side) => sideOf(arm, tallies[side]!, borders[side]!, options)))
  return {
    documents,
    duplicate_ids: await duplicateIds([runs[0]!]),
    a: sideA!,
    b: sideB!,
    ...quarters,
    by: counters.map((counter) => counter.result()),
    samples: {
      only_a: await examples(a, picks.only_a.items, options.texts),
      only_b: await examples(b, picks.only_b.items, options.texts),
    },
    distributions,
  }
}

const emptyBorder = (nearest: number): Border => ({ removed: new Smallest(nearest), kept: new Smallest(nearest) })

const extraColumns = (
  values: NonNullable<ExtraColumns['values']>,
  { languages, dumps, reasons }: { languages: Names; dumps: Names; reasons: Names },
  by: readonly string[],
): ExtraColumns => ({ values, languages, reasons, ...(by.includes('dump') ? { dumps } : {}), urls: by.includes('domain') })

/** The measured columns that a comparison reads, each once: two arms of one run share theirs. */
class ComparedColumns {
  readonly list: { arm: number; column: string }[] = []
  /** Of each arm, the slots of its rules' columns. */
  readonly ofRules: number[][]
  /** All that either run has measured. */
  readonly measured: string[]

  constructor(private readonly arms: readonly [Arm, Arm]) {
    this.ofRules = arms.map(({ rules }, arm) => rules.map(({ column }) => this.slotOf(arm, column)))
    this.measured = [...new Set(arms.flatMap(measuredBy))]
  }

  /** The column's place among the values read; it is added where it is new. */
  slotOf(arm: number, column: string): number {
    const known = this.list.findIndex((read) => this.arms[read.arm]!.run === this.arms[arm]!.run && read.column === column)
    return known >= 0 ? known : this.list.push({ arm, column }) - 1
  }

  /** The first arm whose run has measured a column. */
  armWith(column: string): number {
    return measuredBy(this.arms[0]).includes(column) ? 0 : 1
  }

  /** What the rules of an arm see of a document. */
  valuesOf({ values }: Judged, arm: number, i: number): Record<string, number> {
    return Object.fromEntries(this.ofRules[arm]!.map((slot, r) => [this.arms[arm]!.rules[r]!.label, values[slot]![i]!]))
  }
}

const measuredBy = ({ run }: Arm): string[] => stepsOf(run.plan).flatMap(({ kind, label }) => (kind === 'filter' ? [label] : []))

const placeIn = ({ shard }: Judged, { verdictRow, dataRow }: ArmVerdicts, i: number): Place => ({
  shard,
  verdictRow: verdictRow[i]!,
  dataRow: dataRow[i]!,
})

/** Who keeps a document; undefined when it reaches the rules of neither arm. */
function quarterOf({ arms: [a, b] }: Judged, i: number): Quarter | undefined {
  if (!a!.reached[i] && !b!.reached[i]) return undefined
  return a!.kept[i] ? (b!.kept[i] ? 'both' : 'only_a') : b!.kept[i] ? 'only_b' : 'neither'
}

/** Add the documents of a shard to who keeps them; what both keep as A writes it, and once more as B does. */
function addQuarters(quarters: Record<Quarter | 'both_in_b', Amount>, judged: Judged): void {
  const [a, b] = judged.arms as [ArmVerdicts, ArmVerdicts]
  for (let i = 0; i < judged.size; i++) {
    const quarter = quarterOf(judged, i)
    if (quarter === undefined) continue
    const counted = quarter === 'only_b' || (quarter === 'neither' && !a.reached[i]) ? b : a
    if (quarter === 'neither') addDocument(quarters.neither, counted.uneditedBytes[i]!, counted.uneditedTokens[i]!)
    else addDocument(quarters[quarter], counted.bytes[i]!, counted.tokens[i]!)
    if (quarter === 'both') addDocument(quarters.both_in_b, b.bytes[i]!, b.tokens[i]!)
  }
}

/** Pick random documents that only one arm keeps, with what the other's rules see. */
function pickSamples(
  picks: Record<'only_a' | 'only_b', Smallest<Picked>>,
  judged: Judged,
  columns: ComparedColumns,
  reasons: Names,
  seed: number,
): void {
  for (let i = 0; i < judged.size; i++) {
    const quarter = quarterOf(judged, i)
    if (quarter !== 'only_a' && quarter !== 'only_b') continue
    const key = mixed(seed, judged.shard, judged.row[i]!)
    if (key >= picks[quarter].limit) continue
    const [keeping, objecting] = quarter === 'only_a' ? [0, 1] : [1, 0]
    const { reason, broken, words } = judged.arms[objecting]!
    const byRules = broken.subarray(i * words, (i + 1) * words).some((bits) => bits !== 0)
    const removed_before = byRules ? null : (reasons.list[reason[i]!] ?? 'not read')
    const values = columns.valuesOf(judged, objecting, i)
    picks[quarter].add(key, { ...placeIn(judged, judged.arms[keeping]!, i), values, removed_before })
  }
}

async function sideOf(arm: Arm, tally: Tally, borders: readonly Border[], { texts }: CompareOptions): Promise<Side> {
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
function findNearest({ rules }: Arm, judged: Judged, arm: number, columns: ComparedColumns, borders: readonly Border[]): void {
  const verdicts = judged.arms[arm]!
  const { reached, kept, broken, words } = verdicts
  for (const [r, { bounds }] of rules.entries()) {
    const values = judged.values[columns.ofRules[arm]![r]!]!
    const limits = Object.values(bounds).filter((bound) => bound !== undefined)
    for (let i = 0; i < judged.size; i++) {
      if (!kept[i] && !(reached[i] && breaksOnly(broken, i * words, words, r))) continue
      let distance = Number.POSITIVE_INFINITY
      for (const bound of limits) distance = Math.min(distance, Math.abs(values[i]! - bound))
      const nearest = kept[i] ? borders[r]!.kept : borders[r]!.removed
      if (distance < nearest.limit)
        nearest.add(distance, { ...placeIn(judged, verdicts, i), values: columns.valuesOf(judged, arm, i), removed_before: null })
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
