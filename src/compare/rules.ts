import { UserError } from '../core/errors.ts'
import { type Bounds, boundsOf, brokenBound } from '../core/filter.ts'
import { contentOf } from '../pipeline/content.ts'
import { type Plan, stepsOf } from '../pipeline/plan.ts'

/** A filter with a bound, and the column of the measured run that holds its values. */
export interface ArmRule {
  label: string
  column: string
  bounds: Bounds
}

/**
 * The rules of a pipeline in terms of a measured run. Throws a UserError if the run's texts were made differently (other readers, extractors,
 * editors or barriers), or when the run did not measure what a rule needs.
 */
export function rulesIn(run: Plan, pipeline: Plan): ArmRule[] {
  const [measured, needed] = [contentOf(stepsOf(run)), contentOf(stepsOf(pipeline))]
  const first = [...needed.texts.keys(), needed.texts.length].find((i) => needed.texts[i]?.key !== measured.texts[i]?.key)
  if (first !== undefined) {
    const [there, here] = [needed.texts[first]?.step, measured.texts[first]?.step]
    const what =
      there === here
        ? `${there} has other options`
        : there === undefined
          ? `it also has ${here}`
          : here === undefined
            ? `it has no ${there}`
            : `it has ${here} where ${there} is needed`
    throw new UserError(`its text was extracted differently: ${what}`)
  }
  const columns = new Map(measured.measures.map(({ key, step }) => [key, step.label]))
  return needed.measures.flatMap(({ step, key }) => {
    const bounds = boundsOf(step.options)
    if (Object.keys(bounds).length === 0) return []
    const column = columns.get(key)
    if (column === undefined) throw new UserError(`it has not measured ${step.label} with these options`)
    return [{ label: step.label, column, bounds }]
  })
}

/** How many of the rules stand before each barrier: those decide before it does. */
export function rulesBeforeBarriers(plan: Plan, rules: readonly ArmRule[]): Map<string, number> {
  const before = new Map<string, number>()
  let count = 0
  for (const { kind, label } of stepsOf(plan)) {
    if (kind === 'barrier') before.set(label, count)
    else if (rules[count]?.label === label) count++
  }
  return before
}

/**
 * Mark in `broken` the documents whose value breaks the bounds: bit `rule` of the `words` numbers of each document, `first` being the first value's.
 * A value that is missing breaks them, unless there was no text to measure.
 */
export function markBroken(
  values: Float64Array,
  bounds: Bounds,
  broken: Uint32Array,
  { rule, words, first, textBytes }: { rule: number; words: number; first: number; textBytes: Float64Array },
): void {
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY, above, below } = bounds
  const isStrict = above !== undefined || below !== undefined
  const bit = 1 << (rule & 31)
  let at = first * words + (rule >> 5)
  for (let i = 0; i < values.length; i++, at += words) {
    const value = values[i]!
    const isBroken = isStrict ? brokenBound(value, bounds) !== undefined : !(value >= min && value <= max)
    if (isBroken && !(Number.isNaN(value) && Number.isNaN(textBytes[first + i]!))) broken[at]! |= bit
  }
}
