import { judge } from '../../src/compare/judge.ts'
import type { Arm, Measurement } from '../../src/compare/measurement.ts'
import { brokenBound } from '../../src/core/filter.ts'
import { parquetRows } from '../support.ts'

/** A row of verdicts as JSON has it. */
export type Row = Record<string, unknown> & { id: string; row: number; reason: string | null }

export async function verdictRows(dir: string, shards: number): Promise<Row[]> {
  const all: Row[] = []
  for (let i = 0; i < shards; i++) all.push(...((await parquetRows(`${dir}/verdicts/${String(i).padStart(5, '0')}.parquet`)) as Row[]))
  return all
}

/** Ids of what an arm keeps, document by document. */
export async function keptIds({ runs }: Measurement, arm: Arm): Promise<string[]> {
  const kept: string[] = []
  for await (const { size, ids, arms } of judge(runs[0]!.plan.inputs.length, [arm], { ids: true }))
    for (let i = 0; i < size; i++) if (arms[0]!.kept[i]) kept.push(new TextDecoder().decode(ids[i]))
  return kept.sort()
}

/** Which of an arm's rules each document breaks, by its values one by one; null for documents that rules do not decide on. */
export function brokenByHand({ rules, plan }: Arm, rows: readonly Row[]): (number[] | null)[] {
  const filters = new Set(
    plan.passes
      .flatMap((pass) => (pass.kind === 'shards' ? pass.steps : []))
      .flatMap(({ kind, label }) => (kind === 'filter' ? [label] : [])),
  )
  return rows.map(({ reason, ...values }) => {
    if (reason !== null && !filters.has(reason.slice(0, reason.lastIndexOf('.')))) return null
    return rules.flatMap(({ column, bounds }, r) => (brokenBound((values[column] as number | null) ?? Number.NaN, bounds) ? [r] : []))
  })
}
