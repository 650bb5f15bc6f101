import { z } from 'zod'
import type { Doc } from './doc.ts'
import { UserError } from './errors.ts'
import type { Options, Shape } from './options.ts'
import { type About, type Configured, configured, type MaybeAsync, type OptionsOf } from './step.ts'

/**
 * What an earlier step, named by its label, has measured on a document; a rule that compares a text with what it was needs that. Throws a
 * UserError when no earlier step has that label.
 */
export type Measured = (label: string) => (doc: Doc) => number

const nothingMeasured: Measured = (label) => {
  throw new UserError(`no step before it measures "${label}"`, 'name the label of an earlier filter')
}

export interface FilterExample {
  text: string
  value: number
  /** What earlier steps have measured, by label. */
  measured?: Record<string, number>
  url?: string
  metadata?: Record<string, unknown>
  options?: object
}

/** One number measured on each document. The pipeline file says which range to keep. */
export interface Filter extends About, Configured {
  kind: 'filter'
  source: string
  /** The least and the most that it can measure, so that bounds that keep nothing are refused. */
  range?: readonly [least: number, most: number]
  /** Set where the number is the document's tokens: the first such filter fills the tokens of verdicts, manifest and samples. */
  counts?: 'tokens'
  /** Called once per task with checked options; the function it returns runs on every document and must be pure. */
  measure(options: unknown, measured?: Measured): MaybeAsync<(doc: Doc) => number>
  examples: FilterExample[]
}

/** The bounds every filter accepts. Without one it only measures. `0` is a bound like any other. */
export const bounds = {
  min: z.number().optional().describe('keep documents that measure this or more'),
  max: z.number().optional().describe('keep documents that measure this or less'),
  above: z.number().optional().describe('keep documents that measure more than this'),
  below: z.number().optional().describe('keep documents that measure less than this'),
}
export type Bound = keyof typeof bounds
export type Bounds = { [bound in Bound]?: number | undefined }

/** The bounds among a step's options: those that are set. */
export const boundsOf = (options: Record<string, unknown>): Bounds =>
  Object.fromEntries(Object.entries(options).filter(([name, value]) => name in bounds && value !== undefined))

/** A step's options without its bounds: what is measured, whatever is kept. */
export const withoutBounds = (options: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(options).filter(([name]) => !(name in bounds)))

/** Bounds as a reader would write them: "≥ 50 and ≤ 100000". */
export function boundsShown({ min, max, above, below }: Bounds): string {
  const limits = [
    [min, '≥'],
    [above, '>'],
    [max, '≤'],
    [below, '<'],
  ] as const
  return limits.flatMap(([bound, sign]) => (bound === undefined ? [] : [`${sign} ${bound}`])).join(' and ')
}

/** Why bounds keep no number at all, such as "min 5 is greater than max 3"; undefined where they keep some. */
export function contradiction({ min, max, above, below }: Bounds): string | undefined {
  for (const [low, lowName, isOpen] of [
    [min, 'min', false],
    [above, 'above', true],
  ] as const) {
    for (const [high, highName, isOpenToo] of [
      [max, 'max', false],
      [below, 'below', true],
    ] as const) {
      if (low === undefined || high === undefined || low < high || (low === high && !isOpen && !isOpenToo)) continue
      return `${lowName} ${low} ${low === high ? 'equals' : 'is greater than'} ${highName} ${high}`
    }
  }
  return undefined
}

/** The bound that no number within a range can keep, if there is one. */
export function unreachableBound({ min, max, above, below }: Bounds, [least, most]: readonly [number, number]): Bound | undefined {
  if (min !== undefined && min > most) return 'min'
  if (above !== undefined && above >= most) return 'above'
  if (max !== undefined && max < least) return 'max'
  return below !== undefined && below <= least ? 'below' : undefined
}

/** Which bound a value breaks, if any. NaN breaks every bound it meets. */
export function brokenBound(value: number, { min, max, above, below }: Bounds): Bound | undefined {
  if (min !== undefined && !(value >= min)) return 'min'
  if (max !== undefined && !(value <= max)) return 'max'
  if (above !== undefined && !(value > above)) return 'above'
  if (below !== undefined && !(value < below)) return 'below'
  return undefined
}

/** Define a filter; the file's name is its step name. */
export function filter<S extends Shape = Record<never, never>>(
  definition: About &
    OptionsOf<S> & {
      source: string
      range?: readonly [least: number, most: number]
      counts?: 'tokens'
      measure(options: Options<S>, measured: Measured): MaybeAsync<(doc: Doc) => number>
      examples: FilterExample[]
    },
): Filter {
  const { measure } = definition
  return {
    kind: 'filter',
    ...definition,
    ...configured(definition, bounds),
    measure: (given, measured = nothingMeasured) => measure(given as Options<S>, measured),
  }
}
