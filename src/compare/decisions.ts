import { UserError } from '../core/errors.ts'
import { type Bounds, bounds as boundNames, brokenBound } from '../core/filter.ts'
import { canonicalJson } from '../core/hash.ts'
import type { Plan, PlannedStep } from '../pipeline/plan.ts'
import type { VerdictTable } from './verdict_table.ts'

/** A filter with a bound, and the column of the measured run that holds its values. */
export interface Rule {
  label: string
  column: string
  bounds: Bounds
}

const stepsOf = (plan: Plan): PlannedStep[] =>
  plan.passes.flatMap((pass) => (pass.kind === 'shards' ? pass.steps.filter(({ part }) => part !== 'after') : []))

/** What a filter measures: the step, its options without bounds, and the steps before it that may have changed the text. */
interface Measure {
  step: PlannedStep
  key: string
}

function measuresOf(plan: Plan): { filters: Measure[]; rest: string } {
  let before = ''
  const filters: Measure[] = []
  for (const step of stepsOf(plan)) {
    const options = Object.fromEntries(Object.entries(step.options).filter(([name]) => !(name in boundNames)))
    const key = canonicalJson([step.use, options])
    if (step.kind === 'filter') filters.push({ step, key: `${before}\n${key}` })
    else before += `\n${key}`
  }
  return { filters, rest: before }
}

/**
 * The rules of a pipeline in terms of a measured run. Throws a UserError when the run's texts were made otherwise (other readers, extractors,
 * editors or barriers), or when the run did not measure what a rule needs.
 */
export function rulesIn(run: Plan, pipeline: Plan): Rule[] {
  const [measured, wanted] = [measuresOf(run), measuresOf(pipeline)]
  if (measured.rest !== wanted.rest) {
    const [here, there] = [measured.rest, wanted.rest].map((list) => list.split('\n'))
    const first = there!.find((step, i) => step !== here![i]) ?? here!.at(-1)!
    const hint = 'measure with this pipeline first: decant run PIPELINE --measure'
    throw new UserError(`${pipeline.name} does not make the texts that were measured: ${first} differs`, hint)
  }
  const columns = new Map(measured.filters.map(({ key, step }) => [key, step.label]))
  return wanted.filters.flatMap(({ step, key }) => {
    const own = Object.fromEntries(Object.entries(step.options).filter(([name]) => name in boundNames)) as Bounds
    if (Object.values(own).every((bound) => bound === undefined)) return []
    const column = columns.get(key)
    if (column === undefined) {
      throw new UserError(
        `${pipeline.name}: the run has not measured ${step.label} with these options`,
        'run it again with --measure and a pipeline that has this step; it needs no bound',
      )
    }
    return [{ label: step.label, column, bounds: own }]
  })
}

export interface Amount {
  documents: number
  bytes: number
  tokens: number
}

/** Documents that break the same rules. */
export interface Group extends Amount {
  /** Indexes of the rules, ascending. */
  rules: number[]
}

/** Which documents some rules would keep, and what the others break. */
export interface Decisions {
  rules: Rule[]
  /** 1 for documents that reach the rules (no reader, extractor or barrier removed them) and break none. */
  kept: Uint8Array
  total: Amount
  keptAmount: Amount
  /** Of the documents that reach the rules and break some, by which they break. */
  groups: Group[]
}

/** What the readers, extractors and barriers of a run have removed stays removed, whatever rules are compared. */
export function reaches(table: VerdictTable, run: Plan): Uint8Array {
  const filters = new Set(stepsOf(run).flatMap(({ kind, label }) => (kind === 'filter' ? [label] : [])))
  const isRule = table.reasons.names.map((reason) => filters.has(reason.slice(0, reason.lastIndexOf('.'))))
  return Uint8Array.from(table.reasons.codes, (code) => (code < 0 || isRule[code] ? 1 : 0))
}

/** Decide on all documents at once, column by column. */
export function decide(table: VerdictTable, reached: Uint8Array, rules: Rule[]): Decisions {
  const words = Math.ceil(rules.length / 32) || 1
  const masks = new Uint32Array(table.rows * words)
  rules.forEach(({ column, bounds }, rule) => {
    const values = table.values.get(column)!
    const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY, above, below } = bounds
    if (Object.values(bounds).every((bound) => bound === undefined)) return
    const strict = above !== undefined || below !== undefined
    const [word, bit] = [rule >> 5, 1 << (rule & 31)]
    for (let i = 0; i < table.rows; i++) {
      const value = values[i]!
      const broken = strict ? brokenBound(value, bounds) !== undefined : !(value >= min && value <= max)
      if (broken) masks[i * words + word]! |= bit
    }
  })
  const kept = new Uint8Array(table.rows)
  const [total, keptAmount] = [nothing(), nothing()]
  const groups = new Map<string, Group>()
  for (let i = 0; i < table.rows; i++) {
    if (!reached[i]) continue
    add(total, table, i)
    const mask = masks.subarray(i * words, (i + 1) * words)
    if (mask.every((word) => word === 0)) {
      kept[i] = 1
      add(keptAmount, table, i)
      continue
    }
    const key = words === 1 ? String(mask[0]) : mask.join()
    let group = groups.get(key)
    if (!group) {
      group = { rules: rules.flatMap((_, rule) => (mask[rule >> 5]! & (1 << (rule & 31)) ? [rule] : [])), ...nothing() }
      groups.set(key, group)
    }
    add(group, table, i)
  }
  return { rules, kept, total, keptAmount, groups: [...groups.values()] }
}

export const nothing = (): Amount => ({ documents: 0, bytes: 0, tokens: 0 })

export function add(amount: Amount, { bytes, tokens }: VerdictTable, row: number): void {
  amount.documents++
  amount.bytes += bytes[row]! || 0
  amount.tokens += tokens[row]! || 0
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
   * remove the document alone.
   */
  share: Amount
}

export function attribute({ rules, groups }: Decisions): Attribution[] {
  const found = rules.map(({ label }): Attribution => ({ label, first: nothing(), solo: nothing(), unique: nothing(), share: nothing() }))
  for (const group of groups) {
    for (const rule of group.rules) {
      const { first, solo, unique, share } = found[rule]!
      plus(solo, group, 1)
      plus(share, group, 1 / group.rules.length)
      if (rule === group.rules[0]) plus(first, group, 1)
      if (group.rules.length === 1) plus(unique, group, 1)
    }
  }
  return found
}

/** Documents that break both of two rules, for all pairs; each rule's own in the diagonal. */
export function overlaps({ rules, groups }: Decisions): number[][] {
  const matrix = rules.map(() => new Array<number>(rules.length).fill(0))
  for (const { rules: broken, documents } of groups) for (const a of broken) for (const b of broken) matrix[a]![b]! += documents
  return matrix
}

function plus(to: Amount, from: Amount, times: number): void {
  to.documents += from.documents * times
  to.bytes += from.bytes * times
  to.tokens += from.tokens * times
}
