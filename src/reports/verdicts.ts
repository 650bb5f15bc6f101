import { join } from 'node:path'
import { unit } from '../core/hash.ts'
import { plural } from '../core/plural.ts'

import { reservedColumns, type VerdictColumn } from '../core/verdict_record.ts'
import { cellText } from '../formats/cell_text.ts'
import { openParquet } from '../formats/parquet_reader.ts'
import { type Plan, type PlannedStep, ruleOf, shardName, stepsOf } from '../pipeline/plan.ts'
import { bytes, shortNumber } from './format.ts'

import type { Manifest } from './manifest.ts'

/** A row of `verdicts/`; measured values are further columns, null where not measured. */
export interface VerdictRow {
  id: string
  url: string
  shard: number
  row: number
  reason: string | null
  tokens: number | null
  bytes: number
  text_bytes: number
  values: Record<string, number | null>
}

const shownColumns: readonly VerdictColumn[] = ['id', 'url', 'shard', 'row', 'reason', 'tokens', 'bytes', 'text_bytes']

/** Verdicts in order of shard and row, a batch at a time; `columns` chooses among the measured ones (all when left out). */
export async function* readVerdicts(dir: string, shards: Iterable<number>, columns?: readonly string[]): AsyncGenerator<VerdictRow[]> {
  for (const shard of shards) {
    const file = await openParquet(join(dir, 'verdicts', `${shardName(shard)}.parquet`))
    try {
      for await (const rows of file.batches(columns ? [...shownColumns, ...columns] : undefined)) yield rows.map(toVerdict)
    } finally {
      file.close()
    }
  }
}

const nullable = (value: unknown): number | null => (value === null || value === undefined ? null : Number(value))

function toVerdict(row: Record<string, unknown>): VerdictRow {
  const { id, url, shard, row: position, reason, tokens, bytes, text_bytes, ...rest } = row
  const values = Object.entries(rest).filter(([name]) => !reservedColumns.includes(name))
  return {
    id: cellText(id),
    url: cellText(url),
    shard: Number(shard),
    row: Number(position),
    reason: reason === null || reason === undefined ? null : cellText(reason),
    tokens: nullable(tokens),
    bytes: Number(bytes),
    text_bytes: Number(text_bytes),
    values: Object.fromEntries(values.map(([name, value]) => [name, nullable(value)])),
  }
}

export const allShards = (plan: Plan): number[] => Array.from({ length: plan.inputs.splits }, (_, i) => i)

/** Shards with so many verdicts in all, or one shard: all of them, or else the same ones each time, chosen by hash. */
export function shardsWithin(plan: Plan, { outputs }: Pick<Manifest, 'outputs'>, mostRows: number): number[] {
  const rows = new Map(outputs.map(({ path, rows: n }) => [path, n ?? 0]))
  const byHash = allShards(plan).map((shard) => ({ shard, at: unit('shards', String(shard)) }))
  byHash.sort((a, b) => a.at - b.at)
  let left = mostRows
  const chosen = byHash.filter(({ shard }, i) => (left -= rows.get(`verdicts/${shardName(shard)}.parquet`) ?? 0) >= 0 || i === 0)
  return chosen.map(({ shard }) => shard).sort((a, b) => a - b)
}

/** The value that decided, beside its bound: "word_count 12, keeps ≥ 50". */
export function explain(plan: Plan, verdict: VerdictRow): string {
  if (verdict.reason === null) return 'kept'
  const label = verdict.reason.slice(0, verdict.reason.lastIndexOf('.'))
  const step = stepsOf(plan).find((candidate) => candidate.label === label)
  const value = verdict.values[label]
  return value === undefined || value === null || !step
    ? verdict.reason
    : `${verdict.reason}: measures ${shortNumber(value)}, keeps ${ruleOf(step)}`
}

export const stepNamed = (plan: Plan, label: string): PlannedStep | undefined => stepsOf(plan).find((step) => step.label === label)

const size = ({ tokens, text_bytes }: VerdictRow): string => (tokens === null ? `${bytes(text_bytes)} of text` : plural(tokens, 'token'))

/** A few verdicts to look at, the same ones for the same run: one kept, the others removed for different reasons, measured ones first. */
export async function sampleVerdicts(dir: string, manifest: Manifest, plan: Plan, n: number): Promise<string[]> {
  if (n <= 0 || manifest.records.kept + Object.keys(manifest.records.removed).length === 0) return []
  const best = new Map<string, { verdict: VerdictRow; at: number }>()
  let seen = 0
  for await (const rows of readVerdicts(dir, allShards(plan))) {
    for (const verdict of rows) {
      const at = unit('sample', verdict.id)
      const kind = verdict.reason ?? ''
      const known = best.get(kind)
      if (!known || at < known.at) best.set(kind, { verdict, at })
    }
    if ((seen += rows.length) > 100_000) break
  }
  const kept = best.get('')
  best.delete('')
  const isMeasured = ({ verdict }: { verdict: VerdictRow }): number => (explain(plan, verdict) === verdict.reason ? 1 : 0)
  const removed = [...best.values()].sort((a, b) => isMeasured(a) - isMeasured(b) || a.at - b.at)
  const chosen = [...(kept ? [kept] : []), ...removed].slice(0, n).map(({ verdict }) => verdict)
  return [
    '',
    'sample verdicts',
    ...chosen.map(
      (verdict) =>
        `  ${verdict.reason === null ? 'kept   ' : 'removed'}  ${verdict.url || verdict.id}\n           ${verdict.reason === null ? size(verdict) : explain(plan, verdict)}`,
    ),
  ]
}
