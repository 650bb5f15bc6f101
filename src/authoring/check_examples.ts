import { Doc } from '../core/doc.ts'
import type { Measured } from '../core/filter.ts'
import type { Step } from '../pipeline/registry.ts'

/** What came of one example or test; `problem` says how it differs from what was expected. */
export interface Checked {
  name: string
  problem?: string
}

const measuredAs =
  (values: Record<string, number> = {}): Measured =>
  (label) =>
  () =>
    values[label] ?? Number.NaN

/** Run the examples that a filter or an editor states; stages and barriers state none. Values may differ by 1e-10. */
export async function checkExamples(step: Step): Promise<Checked[]> {
  if (step.kind !== 'filter' && step.kind !== 'editor') return []
  const checked: Checked[] = []
  for (const example of step.examples) {
    const name = JSON.stringify(example.text.length > 40 ? `${example.text.slice(0, 39)}…` : example.text)
    try {
      checked.push({ name, ...(await differenceOf(step, example)) })
    } catch (error) {
      checked.push({ name, problem: (error as Error).message })
    }
  }
  return checked
}

type Tried = Extract<Step, { kind: 'filter' | 'editor' }>

async function differenceOf(step: Tried, example: Tried['examples'][number]): Promise<{ problem?: string }> {
  const options = step.schema.parse(example.options ?? {})
  if (step.kind === 'editor') {
    const { text, becomes } = example as (typeof step.examples)[number]
    const found = (await step.edit(options))(new Doc({ id: 'example', text, url: '', metadata: {} }))
    return found === becomes ? {} : { problem: `becomes ${JSON.stringify(found)}, expected ${JSON.stringify(becomes)}` }
  }
  const { text, value, url = '', metadata = {}, measured } = example as (typeof step.examples)[number]
  const measure = await step.measure(options, measuredAs(measured))
  const found = measure(new Doc({ id: 'example', text, url, metadata }))
  return Math.abs(found - value) < 1e-10 ? {} : { problem: `measures ${found}, expected ${value}` }
}
