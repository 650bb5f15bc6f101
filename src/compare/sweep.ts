import { UserError } from '../core/errors.ts'
import type { Bound } from '../core/filter.ts'
import { NumberList } from '../core/number_list.ts'
import { stepsOf } from '../pipeline/plan.ts'
import { addDocument, addTimes, nothing } from './amounts.ts'
import { type Looked, lookAt, type Place } from './documents.ts'
import { type Histogram, histogram } from './histogram.ts'
import { judge } from './judge.ts'
import type { Arm, Measurement } from './measurement.ts'
import { Smallest } from './nearest.ts'
import type { ArmRule } from './rules.ts'

export interface Kept {
  threshold: number
  documents: number
  bytes: number
  tokens: number
}

export interface SweepOptions {
  /** First and last threshold, and their distance; by default 21 over all values. */
  from?: number | undefined
  to?: number | undefined
  step?: number | undefined
  /** Documents to show on either side of the bound. */
  nearest: number
  texts: boolean
}

export interface Sweep {
  step: string
  bound: Bound
  /** The bound as it is; null where there is none. */
  current: number | null
  /** Documents that all other rules keep. */
  candidates: number
  kept: Kept[]
  /** Thresholds that no rule can have, because its other bound forbids them: left out where each has to be decided as a pipeline. */
  left_out: number[]
  /** Later barriers (deduplication) whose decisions are those of the bound as it was measured, whatever its value here. */
  standing: string[]
  /** Of all candidates' values. */
  histogram: Histogram | null
  /** Documents nearest to the bound as it is, in order of their values. */
  nearest: (Looked & { value: number })[]
}

/** What an arm would keep for each value of one bound, all other rules as they are. */
export async function sweepBound(
  { runs }: Measurement,
  arm: Arm,
  { label, bound }: { label: string; bound: Bound },
  options: SweepOptions,
): Promise<Sweep> {
  const swept: ArmRule = arm.rules.find((rule) => rule.label === label) ?? { label, column: label, bounds: {} }
  const current = swept.bounds[bound] ?? null
  // The step's other bounds stand.
  const openArm: Arm = {
    ...arm,
    rules: [...arm.rules.filter((rule) => rule !== swept), { ...swept, bounds: { ...swept.bounds, [bound]: undefined } }],
  }
  const found = { values: new NumberList(Float64Array), bytes: new NumberList(Float64Array), tokens: new NumberList(Float64Array) }
  type Near = Place & { value: number }
  const near = { under: new Smallest<Near>(options.nearest), from: new Smallest<Near>(options.nearest) }
  for await (const { shard, size, arms, values } of judge(runs[0]!.plan.inputs.splits, [openArm], {
    values: [{ arm: 0, column: swept.column }],
  })) {
    const { kept, bytes, tokens, verdictRow, dataRow } = arms[0]!
    for (let i = 0; i < size; i++) {
      const value = values[0]![i]!
      if (!kept[i] || Number.isNaN(value)) continue
      found.values.push(value)
      found.bytes.push(bytes[i]! || 0)
      found.tokens.push(tokens[i]! || 0)
      if (current === null) continue
      const side = value < current ? near.under : near.from
      if (Math.abs(value - current) < side.limit)
        side.add(Math.abs(value - current), { shard, verdictRow: verdictRow[i]!, dataRow: dataRow[i]!, value })
    }
  }
  const values = found.values.view()
  const kept = keptAt(thresholdsOf(values, options), bound, values, { bytes: found.bytes.view(), tokens: found.tokens.view() })
  const places = [...near.under.items.reverse(), ...near.from.items]
  const looked = await lookAt(arm.run, places, options.texts)
  const nearest = looked.map((document, k) => ({ ...document, value: places[k]!.value }))
  const shape = values.length === 0 ? null : histogram(values, current === null ? {} : { [bound]: current })
  const steps = stepsOf(arm.plan)
  const later = steps.slice(steps.findIndex((step) => step.label === label) + 1)
  const standing = later.filter(({ kind }) => kind === 'barrier').map((step) => step.label)
  return { step: label, bound, current, candidates: values.length, kept, left_out: [], standing, histogram: shape, nearest }
}

/** What an arm keeps of the documents that a step has measured. */
export async function keptBy(arm: Arm, label: string): Promise<Omit<Kept, 'threshold'>> {
  const column = arm.rules.find((rule) => rule.label === label)?.column ?? label
  const sum = nothing()
  for await (const { size, arms, values } of judge(arm.run.plan.inputs.splits, [arm], { values: [{ arm: 0, column }] })) {
    const { kept, bytes, tokens } = arms[0]!
    for (let i = 0; i < size; i++) if (kept[i] && !Number.isNaN(values[0]![i]!)) addDocument(sum, bytes[i]!, tokens[i]!)
  }
  return sum
}

/** Evenly spaced thresholds, both ends included. */
function thresholdsOf(values: Float64Array, given: SweepOptions): number[] {
  let [least, most] = values.length === 0 ? [0, 1] : [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const value of values) {
    if (value < least) least = value
    if (value > most) most = value
  }
  const { from = least, to = most } = given
  const step = given.step ?? (to - from) / 20
  if (!(from <= to)) throw new UserError(`--from ${from} is more than --to ${to}`)
  if (!(step >= 0) || (to - from) / step > 10_000)
    throw new UserError(`--step ${step} is too small for ${from} to ${to}`, 'at most 10,000 thresholds')
  const n = step === 0 ? 0 : Math.floor((to - from) / step + 1e-9)
  return Array.from({ length: n + 1 }, (_, i) => Number((from + i * step).toPrecision(12)))
}

/** What a bound keeps at each of the thresholds, ascending: each value is counted once, at the last threshold that keeps (or drops) it. */
function keptAt(
  thresholds: readonly number[],
  bound: Bound,
  values: Float64Array,
  { bytes, tokens }: Record<'bytes' | 'tokens', Float64Array>,
): Kept[] {
  const isLower = bound === 'min' || bound === 'above'
  // Thresholds that are less than the value, or as much: those that `min` keeps it at, and that `below` drops it at.
  const orEqual = bound === 'min' || bound === 'below'
  const sums = Array.from({ length: thresholds.length + 1 }, nothing)
  const all = nothing()
  for (let i = 0; i < values.length; i++) {
    addDocument(sums[countUpTo(thresholds, values[i]!, orEqual)]!, bytes[i]!, tokens[i]!)
    addDocument(all, bytes[i]!, tokens[i]!)
  }
  // A value with n such thresholds: `min` and `above` keep it at the first n, `max` and `below` at the others.
  const before = nothing()
  return thresholds.map((threshold, k) => {
    addTimes(before, sums[k]!, 1)
    const kept = isLower ? { ...all } : { ...before }
    if (isLower) addTimes(kept, before, -1)
    return { threshold, ...kept }
  })
}

/** How many of the thresholds, ascending, are less than a value, or as much at most. */
function countUpTo(thresholds: readonly number[], value: number, orEqual: boolean): number {
  let [low, high] = [0, thresholds.length]
  while (low < high) {
    const middle = (low + high) >> 1
    const threshold = thresholds[middle]!
    if (threshold < value || (orEqual && threshold === value)) low = middle + 1
    else high = middle
  }
  return low
}
