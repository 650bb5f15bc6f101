import { Doc } from '../core/doc.ts'
import { type DataError, UserError } from '../core/errors.ts'
import { type Bounds, brokenBound, type Measured, withoutBounds } from '../core/filter.ts'
import { canonicalJson } from '../core/hash.ts'
import type { Docs, Task } from '../core/task.ts'
import { codePoints } from '../text/code_points.ts'
import { guarded } from './guard.ts'
import { isOwn } from './own_steps.ts'
import type { Plan, PlannedStep } from './plan.ts'
import { loadStep } from './registry.ts'

/** One rule ready to run: the document to go on with, or null when it has left the stream. */
export type Rule = (doc: Doc) => Doc | null

/** Called when a document breaks a rule: whether it goes on (to be measured in full) or leaves. */
export type Refuse = (doc: Doc, reason: string) => Doc | null

export interface CompiledRule {
  label: string
  run: Rule
  /** After the last document. */
  end?: () => void
}

/** Make a filter, an editor or a part of a barrier ready to run, configured once for all documents of a task. */
export async function compileRule(planned: PlannedStep, columns: readonly string[], refuse: Refuse, task: Task): Promise<CompiledRule> {
  const rule = await bareRule(planned, columns, refuse, task)
  if (!isOwn(planned.step)) return rule
  const run: Rule = (doc) => {
    try {
      return guarded(planned.label, planned.step, () => rule.run(doc))
    } catch (error) {
      task.quarantine(error as DataError, {}, doc)
      return null
    }
  }
  return { ...rule, run }
}

async function bareRule(planned: PlannedStep, columns: readonly string[], refuse: Refuse, task: Task): Promise<CompiledRule> {
  const { step: stepName, label, options } = planned
  const step = await loadStep(stepName)
  switch (step.kind) {
    case 'filter': {
      const column = columns.indexOf(label)
      let asksEarlier = false
      const own = await step.measure(options, (earlier) => {
        asksEarlier = true
        return measuredBefore(label, columns)(earlier)
      })
      const view = task.shared(stepKey(planned), own)
      const measure = asksEarlier ? own : (doc: Doc) => doc.view(view)
      const keeps = options as Bounds
      return {
        label,
        run(doc) {
          const value = measure(doc)
          doc.verdict.values[column] = value
          const bound = brokenBound(value, keeps)
          return bound === undefined ? doc : refuse(doc, `${label}.${bound}`)
        },
      }
    }
    case 'editor': {
      const edit = await step.edit(options)
      const edited = task.shared(stepKey(planned), (doc: Doc) => doc.withText(edit(doc)))
      return { label, run: (doc) => asItWas(doc).derive(edited) }
    }
    case 'barrier': {
      if (planned.part === 'before') {
        const before = await step.before(options, task, measuredBefore(undefined, columns))
        const run: Rule = (doc) => {
          if (doc.verdict.reason === null) before.see(doc)
          return doc
        }
        return { label, run, end: () => before.end() }
      }
      const after = await step.after(options, task)
      return {
        label,
        run(doc) {
          if (doc.verdict.reason !== null) return doc
          const result = after(asItWas(doc))
          if (result instanceof Doc) {
            if (result.text !== doc.text) {
              task.metrics.add(`cut:${label}:documents`)
              task.metrics.add(`cut:${label}:characters`, codePoints(doc.text) - codePoints(result.text))
            }
            return result
          }
          if (result.duplicate) doc.verdict.duplicate = result.duplicate
          return refuse(doc, `${label}.${result.reason}`)
        },
      }
    }
    case 'stage':
      throw new Error(`${stepName} is a stage, not a rule`)
  }
}

/** Make every filter and editor of a plan ready. Throws what would stop its first task: a damaged model, or a language that it does not know. */
export async function tryRules({ passes }: Plan): Promise<void> {
  for (const pass of passes) {
    if (pass.kind === 'job') continue
    for (const { step: stepName, label, options } of pass.steps) {
      const step = await loadStep(stepName)
      try {
        if (step.kind === 'filter') await step.measure(options, measuredBefore(label, pass.columns))
        else if (step.kind === 'editor') await step.edit(options)
      } catch (error) {
        throw error instanceof UserError ? new UserError(`${label}: ${error.message}`, error.hint) : error
      }
    }
  }
}

/** Remember the text before the first edit, where all is measured. */
function asItWas(doc: Doc): Doc {
  const verdict = doc.verdict
  if (verdict.full) verdict.uneditedText ??= doc.text
  return doc
}

/** What a step does to a document, bounds left out: steps of one key measure or make the same. */
export const stepKey = ({ step: stepName, options }: Pick<PlannedStep, 'step' | 'options'>): string =>
  canonicalJson([stepName, withoutBounds(options)])

/** What the steps before the one named `label` (all, without a label) have measured, from the verdict that a document carries along. */
export const measuredBefore =
  (label: string | undefined, columns: readonly string[]): Measured =>
  (earlier) => {
    const before = label === undefined ? columns : columns.slice(0, columns.indexOf(label))
    const column = before.indexOf(earlier)
    if (column < 0)
      throw new UserError(
        `no step before ${label ?? 'the barrier'} measures "${earlier}"`,
        `measured before: ${before.join(', ') || 'nothing'}`,
      )
    return (doc) => doc.verdict.values[column]!
  }

/** Run consecutive rules as one plain loop: a call costs 9 ns where a hop through an async generator costs 500 (docs/decisions/pipeline.md). */
export async function* applyRules(docs: Docs, rules: readonly CompiledRule[]): Docs {
  const runs = rules.map(({ run }) => run)
  for await (const doc of docs) {
    let current: Doc | null = doc
    for (const run of runs) if ((current = run(current)) === null) break
    if (current !== null) yield current
  }
  for (const { end } of rules) end?.()
}
