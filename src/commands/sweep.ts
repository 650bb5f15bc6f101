import { decide, type Rule, reaches, rulesIn } from '../compare/decisions.ts'
import { meant, UserError } from '../core/errors.ts'
import { type Bound, bounds } from '../core/filter.ts'
import { count, percent, table } from '../reports/format.ts'
import { shown } from '../reports/verdicts.ts'
import { type CompareFlags, openMeasured, planOf } from './compare.ts'

export interface SweepFlags extends Pick<CompareFlags, 'set' | 'parameters' | 'json'> {
  from?: number
  to?: number
  step?: number
  nearest: number
}

interface Kept {
  threshold: number
  documents: number
  tokens: number
}

/** What a pipeline would keep of a measured run for each value of one bound, all other rules as they are. */
export async function sweep(dir: string, target: string, pipeline: string | undefined, flags: SweepFlags): Promise<void> {
  const { run, load } = await openMeasured(dir)
  const plan = await planOf(run, pipeline, flags)
  const rules = rulesIn(run, plan)
  const labels = plan.passes.flatMap((pass) => (pass.kind === 'shards' ? pass.columns : []))
  const [label, bound] = parseTarget(target, labels)
  const own: Rule = rules.find((rule) => rule.label === label) ?? { label, column: label, bounds: {} }
  // The step's other bounds stand.
  const others = [...rules.filter((rule) => rule !== own), { ...own, bounds: { ...own.bounds, [bound]: undefined } }]
  const verdicts = await load(others.map(({ column }) => column))
  const { kept } = decide(verdicts, reaches(verdicts, run), others)
  const values = verdicts.values.get(own.column)!
  const rows = Uint32Array.from(Array.from(kept.keys()).filter((i) => kept[i] === 1 && !Number.isNaN(values[i]!))).sort(
    (a, b) => values[a]! - values[b]! || a - b,
  )
  const thresholds = thresholdsOf(rows.length === 0 ? [0, 1] : [values[rows[0]!]!, values[rows.at(-1)!]!], flags)
  const result = thresholds.map((threshold): Kept => {
    const { from, to } = keptRange(rows, values, bound, threshold)
    let tokens = 0
    for (let i = from; i < to; i++) tokens += verdicts.tokens[rows[i]!]! || 0
    return { threshold, documents: to - from, tokens }
  })
  const current = own.bounds[bound]
  const nearest = current === undefined ? [] : nearestTo(rows, values, current, flags.nearest)
  const documents = nearest.map((row) => ({ id: verdicts.ids[row]!, url: verdicts.urls[row]!, value: values[row]! }))
  if (flags.json)
    return console.log(
      JSON.stringify({ step: label, bound, current: current ?? null, candidates: rows.length, kept: result, nearest: documents }, null, 2),
    )
  console.log(
    `${label}.${bound}${current === undefined ? '' : ` (now ${current})`}: ${count(rows.length)} documents pass all other rules of ${plan.name}\n`,
  )
  console.log(
    table(
      [bound, 'documents', 'share', 'tokens'],
      result.map((at) => [shown(at.threshold), count(at.documents), percent(at.documents, rows.length), count(at.tokens)]),
    ),
  )
  if (documents.length === 0) return
  console.log(
    `\nnearest to ${current}\n${table(
      ['value', 'document'],
      documents.map(({ value, url, id }) => [shown(value), url || id]),
    )}`,
  )
}

function parseTarget(target: string, labels: readonly string[]): [string, Bound] {
  const dot = target.lastIndexOf('.')
  const [label, bound] = [target.slice(0, dot), target.slice(dot + 1)]
  if (dot < 0 || !(bound in bounds)) throw new UserError(`${target}: not a bound`, 'write STEP.min, STEP.max, STEP.above or STEP.below')
  if (!labels.includes(label)) throw new UserError(`${target}: no step measures "${label}"${meant(label, labels)}`)
  return [label, bound as Bound]
}

/** Evenly spaced thresholds, both ends included; by default 21 over all values. */
function thresholdsOf([least, most]: [number, number], { from = least, to = most, step = (to - from) / 20 }: SweepFlags): number[] {
  if (!(from <= to)) throw new UserError(`--from ${from} is more than --to ${to}`)
  if (!(step >= 0) || (to - from) / step > 10_000)
    throw new UserError(`--step ${step} is too small for ${from} to ${to}`, 'at most 10,000 thresholds')
  const n = step === 0 ? 0 : Math.floor((to - from) / step + 1e-9)
  return Array.from({ length: n + 1 }, (_, i) => Number((from + i * step).toPrecision(12)))
}

/** Which of the documents, sorted by value, a bound keeps. */
function keptRange(rows: Uint32Array, values: Float64Array, bound: Bound, threshold: number): { from: number; to: number } {
  // Number of documents that measure less than the threshold, or as much at most.
  const below = (orEqual: boolean): number => {
    let [low, high] = [0, rows.length]
    while (low < high) {
      const middle = (low + high) >> 1
      const value = values[rows[middle]!]!
      if (value < threshold || (orEqual && value === threshold)) low = middle + 1
      else high = middle
    }
    return low
  }
  switch (bound) {
    case 'min':
      return { from: below(false), to: rows.length }
    case 'above':
      return { from: below(true), to: rows.length }
    case 'max':
      return { from: 0, to: below(true) }
    case 'below':
      return { from: 0, to: below(false) }
  }
}

/** The documents on either side of a threshold that are nearest to it, by value. */
function nearestTo(rows: Uint32Array, values: Float64Array, threshold: number, n: number): number[] {
  const at = rows.findIndex((row) => values[row]! >= threshold)
  const middle = at < 0 ? rows.length : at
  return Array.from(rows.subarray(Math.max(0, middle - n), middle + n))
}
