import { UserError } from '../core/errors.ts'
import { type Bounds, bounds as boundNames, brokenBound } from '../core/filter.ts'
import { type Plan, type PlannedStep, stepsOf } from '../pipeline/plan.ts'
import { stepKey } from '../pipeline/rules.ts'

/** A filter with a bound, and the column of the measured run that holds its values. */
export interface Rule {
  label: string
  column: string
  bounds: Bounds
}

/** What a filter measures: the step, its options without bounds, and the steps before it that may have changed the text. */
interface Measure {
  step: PlannedStep
  key: string
}

function measuresOf(plan: Plan): { filters: Measure[]; rest: string } {
  let before = ''
  const filters: Measure[] = []
  for (const step of stepsOf(plan)) {
    if (step.kind === 'filter') filters.push({ step, key: `${before}\n${stepKey(step)}` })
    else before += `\n${stepKey(step)}`
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
    const hint = 'measure this pipeline too: decant measure PIPELINE -i INPUT -o DIR adds it'
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
        'measure this pipeline too, or one that has this step; it needs no bound',
      )
    }
    return [{ label: step.label, column, bounds: own }]
  })
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
