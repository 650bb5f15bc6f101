import type { Doc } from '../core/doc.ts'
import type { Metrics } from '../core/metrics.ts'
import type { Unedited } from '../core/verdict.ts'
import { type Column, createParquet, type TableWriter } from '../formats/parquet_writer.ts'
import type { Plan, ShardPass } from './plan.ts'
import { type Settled, type Sink, settle } from './settled.ts'

/** Columns of a verdict table: one row per document read. */
export function verdictColumns(measured: readonly string[], isMeasured = false): Column[] {
  return [
    { name: 'id', type: 'string', nullable: false },
    { name: 'url', type: 'string', nullable: false },
    { name: 'shard', type: 'int32', nullable: false },
    { name: 'row', type: 'int32', nullable: false },
    { name: 'reason', type: 'string', nullable: true },
    { name: 'tokens', type: 'int64', nullable: true },
    { name: 'bytes', type: 'int64', nullable: false },
    { name: 'text_bytes', type: 'int64', nullable: true },
    { name: 'dump', type: 'string', nullable: true },
    { name: 'language', type: 'string', nullable: true },
    ...(isMeasured ? uneditedColumns : []),
    ...measured.map((name): Column => ({ name, type: 'double', nullable: true })),
  ]
}

/** Of measured runs: how long texts were that editors have changed. */
const uneditedColumns: Column[] = [
  { name: 'unedited_text_bytes', type: 'int64', nullable: true },
  { name: 'unedited_tokens', type: 'int64', nullable: true },
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

/** The last pass's sink: verdict rows, duplicates and removed texts where there are any, and the counts of the manifest. */
export async function createOutputs(
  plan: Plan,
  pass: ShardPass,
  {
    shard,
    metrics,
    output,
    provenance,
    uneditedOf,
  }: {
    shard: number
    metrics: Metrics
    output(name: string): string
    provenance: Record<string, string>
    uneditedOf(doc: Doc): Unedited | undefined
  },
): Promise<Sink> {
  const table = { metadata: provenance, level: 3, groupBytes: 16 << 20, groupRows: 100_000 }
  const verdicts = await createParquet(output('verdicts.parquet'), {
    ...table,
    columns: verdictColumns(pass.columns, plan.options.measure),
  })
  const keep = plan.options.keep_removed
  const removed: TableWriter | undefined = keep
    ? await createParquet(output('removed.parquet'), { ...table, columns: removedColumns })
    : undefined
  const hasBarrier = plan.passes.some(({ kind }) => kind === 'job')
  const duplicates = hasBarrier ? await createParquet(output('duplicates.parquet'), { ...table, columns: duplicateColumns }) : undefined
  const tokensColumn = plan.tokens ? pass.columns.indexOf(plan.tokens.label) : -1
  const settled = (entry: Settled): void => {
    const { id, url, row, reason, tokens, bytes, text_bytes, dump, language, values } = entry
    verdicts.write([
      id,
      url,
      shard,
      row,
      reason,
      tokens,
      bytes,
      text_bytes,
      dump,
      language,
      ...(plan.options.measure ? [entry.unedited?.bytes ?? null, entry.unedited?.tokens ?? null] : []),
      ...values,
      ...missing(pass.columns.length - values.length),
    ])
    if (reason !== null && entry.duplicate) {
      const { method, survivor, cluster, size, estimated, exact } = entry.duplicate
      const step = reason.slice(0, reason.lastIndexOf('.'))
      duplicates?.write([id, url, shard, row, step, method, survivor, cluster, size, estimated, exact])
    }
    const fate = reason === null ? 'kept' : `removed:${reason}`
    metrics.add(`${fate}:records`)
    metrics.add(`${fate}:bytes`, bytes)
    metrics.add(`${fate}:text_bytes`, text_bytes ?? 0)
    metrics.add(`${fate}:tokens`, tokens ?? 0)
    if (reason !== null && entry.removed) removed?.write([id, url, reason, entry.removed.text, JSON.stringify(entry.removed.metadata)])
  }
  return {
    settled,
    doc(doc) {
      const verdict = doc.verdict!
      const tokens = tokensColumn < 0 ? Number.NaN : verdict.values[tokensColumn]!
      settled(
        settle(doc, verdict, {
          tokens: Number.isNaN(tokens) ? null : tokens,
          keepText: keep && verdict.reason !== null,
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

const missing = (n: number): null[] => Array.from({ length: n }, () => null)
