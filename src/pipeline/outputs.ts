import type { Doc } from '../core/doc.ts'
import type { Metrics } from '../core/metrics.ts'
import type { Duplicate, Unedited } from '../core/verdict.ts'
import { fieldsOf, type VerdictRecord } from '../core/verdict_record.ts'
import { type Column, createParquet, type TableWriter } from '../formats/parquet_writer.ts'
import type { Plan, ShardPass } from './plan.ts'
import { recordOf } from './records.ts'
import type { Sink } from './sink.ts'

/** Columns of a verdict table: one row per document read. */
export const verdictColumns = (measured: readonly string[], isMeasured = false): Column[] => [
  ...fieldsOf(isMeasured).map(({ name, type, nullable }): Column => ({ name, type, nullable })),
  ...measured.map((name): Column => ({ name, type: 'double', nullable: true })),
]

const removedColumns: Column[] = [
  { name: 'id', type: 'string', nullable: false },
  { name: 'url', type: 'string', nullable: false },
  { name: 'reason', type: 'string', nullable: false },
  { name: 'text', type: 'string', nullable: false },
  { name: 'metadata', type: 'string', nullable: false },
]

const duplicateColumns: Column[] = [
  { name: 'id', type: 'string', nullable: false },
  { name: 'url', type: 'string', nullable: false },
  { name: 'shard', type: 'int32', nullable: false },
  { name: 'row', type: 'int32', nullable: false },
  { name: 'step', type: 'string', nullable: false },
  { name: 'method', type: 'string', nullable: false },
  { name: 'survivor_id', type: 'string', nullable: false },
  { name: 'cluster_id', type: 'string', nullable: true },
  { name: 'cluster_size', type: 'int32', nullable: true },
  { name: 'estimated_similarity', type: 'double', nullable: true },
  { name: 'exact_similarity', type: 'double', nullable: true },
]

interface OutputContext {
  shard: number
  metrics: Metrics
  output(name: string): string
  provenance: Record<string, string>
  uneditedOf(doc: Doc): Unedited | undefined
}

/** The last pass's sink: verdict rows, duplicates and removed texts where there are any, and the counts of the manifest. */
export async function createOutputs(plan: Plan, pass: ShardPass, context: OutputContext): Promise<Sink> {
  const { shard, metrics, output, provenance, uneditedOf } = context
  const { measure, keep_removed } = plan.options
  const table = { metadata: provenance, level: 3, groupBytes: 16 << 20, groupRows: 100_000 }
  const create = (name: string, columns: Column[]): Promise<TableWriter> => createParquet(output(name), { ...table, columns })
  const verdicts = await create('verdicts.parquet', verdictColumns(pass.columns, measure))
  const removed = keep_removed ? await create('removed.parquet', removedColumns) : undefined
  const hasBarrier = plan.passes.some(({ kind }) => kind === 'job')
  const duplicates = hasBarrier ? await create('duplicates.parquet', duplicateColumns) : undefined
  const fields = fieldsOf(measure)
  const tokensColumn = plan.tokens ? pass.columns.indexOf(plan.tokens.label) : -1
  const record = (entry: VerdictRecord): void => {
    const { id, url, row, reason, values } = entry
    verdicts.write([...fields.map(({ of }) => of(entry, shard)), ...values, ...nulls(pass.columns.length - values.length)])
    if (reason !== null && entry.duplicate) duplicates?.write([id, url, shard, row, ...duplicateRow(reason, entry.duplicate)])
    if (reason !== null && entry.removed) removed?.write([id, url, reason, entry.removed.text, JSON.stringify(entry.removed.metadata)])
    countFate(metrics, entry)
  }
  return {
    record,
    doc(doc) {
      const tokens = tokensColumn < 0 ? Number.NaN : doc.verdict.values[tokensColumn]!
      record(
        recordOf(doc, {
          tokens: Number.isNaN(tokens) ? null : tokens,
          keepText: keep_removed && doc.verdict.reason !== null,
          unedited: uneditedOf(doc),
        }),
      )
    },
    async close() {
      const rows: Record<string, number> = { 'verdicts.parquet': (await verdicts.close()).rows }
      if (removed) rows['removed.parquet'] = (await removed.close()).rows
      if (duplicates) rows['duplicates.parquet'] = (await duplicates.close()).rows
      return rows
    },
    discard() {
      verdicts.discard()
      removed?.discard()
      duplicates?.discard()
    },
  }
}

function duplicateRow(reason: string, { method, survivor, cluster, size, estimated, exact }: Duplicate): (string | number | null)[] {
  const step = reason.slice(0, reason.lastIndexOf('.'))
  return [step, method, survivor, cluster, size, estimated, exact]
}

function countFate(metrics: Metrics, { reason, bytes, text_bytes, tokens }: VerdictRecord): void {
  const fate = reason === null ? 'kept' : `removed:${reason}`
  metrics.add(`${fate}:records`)
  metrics.add(`${fate}:bytes`, bytes)
  metrics.add(`${fate}:text_bytes`, text_bytes ?? 0)
  metrics.add(`${fate}:tokens`, tokens ?? 0)
}

const nulls = (n: number): null[] => Array.from({ length: n }, () => null)
