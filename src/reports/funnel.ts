import { plural } from '../core/plural.ts'
import { type Plan, ruleOf, stepsOf } from '../pipeline/plan.ts'
import { count, percent, table } from './format.ts'

import { type Manifest, total } from './manifest.ts'

export interface FunnelRow {
  step: string
  rule: string
  /** Documents that reached the step, and how many it removed. */
  documents: number
  removed: number
  tokens: number | null
}

/** The steps that can remove documents, in order, with what each removed first. */
export function funnel(plan: Plan, manifest: Manifest): FunnelRow[] {
  const rows: FunnelRow[] = []
  let documents = manifest.records.kept + total(manifest.records.removed)
  for (const step of stepsOf(plan)) {
    const reasons = Object.keys(manifest.records.removed).filter((reason) => reason.startsWith(`${step.label}.`))
    const removed = reasons.reduce((n, reason) => n + manifest.records.removed[reason]!, 0)
    const rule = ruleOf(step)
    if (rule === '' && reasons.length === 0) continue
    const tokens = manifest.tokens ? reasons.reduce((n, reason) => n + (manifest.tokens!.removed[reason] ?? 0), 0) : null
    rows.push({
      step: step.label,
      rule: rule || reasons.map((reason) => `not ${reason.slice(step.label.length + 1)}`).join(', '),
      documents,
      removed,
      tokens,
    })
    documents -= removed
  }
  return rows
}

/** The funnel for a terminal: rules that removed nothing are counted, not listed. */
export function funnelTable(plan: Plan, manifest: Manifest): string {
  const { records, tokens } = manifest
  const all = records.kept + total(records.removed)
  const header = ['step', 'keeps', 'documents', 'removed', 'of these', ...(tokens ? ['tokens removed'] : [])]
  const steps = funnel(plan, manifest)
  const effective = steps.filter(({ removed }) => removed > 0)
  const rows = effective.map((row) => [
    row.step,
    row.rule,
    count(row.documents),
    count(row.removed),
    percent(row.removed, row.documents),
    ...(tokens ? [count(row.tokens ?? 0)] : []),
  ])
  const last = ['kept', '', count(records.kept), '', percent(records.kept, all), ...(tokens ? [''] : [])]
  const idle = steps.length - effective.length
  const note = idle === 0 ? '' : `\n${plural(idle, 'more rule')} removed nothing`
  const cuts = Object.entries(manifest.cut ?? {}).map(
    ([step, { documents, characters }]) =>
      `\n${step} cut ${plural(characters, 'character')} out of ${count(documents)} of the documents it left`,
  )
  return `${table(header, [...rows, last])}${note}${cuts.join('')}`
}
