import type { PlannedStep } from './plan.ts'
import { stepKey } from './rules.ts'

/** What steps do to documents, whatever their bounds: what makes texts, in order, and what is measured on which text. */
export interface Content {
  texts: { step: string; key: string }[]
  /** Measures of one key give one value. */
  measures: { step: PlannedStep; key: string }[]
}

/** Writers and second parts of barriers change nothing that is measured. */
export function contentOf(steps: readonly PlannedStep[]): Content {
  const texts: Content['texts'] = []
  const measures: Content['measures'] = []
  const keys = new Map<string, string>()
  let before = ''
  for (const step of steps) {
    if (step.role === 'writer' || step.part === 'after') continue
    if (step.kind !== 'filter') {
      texts.push({ step: step.step, key: stepKey(step) })
      before += `\n${stepKey(step)}`
      continue
    }
    // Some filters take up what an earlier one measured, by its label.
    const asked = Object.values(step.options).flatMap((value) => keys.get(String(value)) ?? [])
    const key = [before, stepKey(step), ...asked].join('\n')
    keys.set(step.label, key)
    measures.push({ step, key })
  }
  return { texts, measures }
}
