import { join } from 'node:path'
import type { MeasuredRun } from '../compare/measurement.ts'
import { fileFormats } from '../core/file_format.ts'
import { cellText } from '../formats/cell_text.ts'
import { openParquet } from '../formats/parquet_reader.ts'
import { createParquet, type TableWriter } from '../formats/parquet_writer.ts'
import { shardName } from '../pipeline/plan.ts'

/** A document of a sample: where its text is, and how often it stands there. */
export interface ChosenRow {
  source: number
  part: number
  shard: number
  row: number
  data_row: number
  row_group: number
  row_in_group: number
  id: string
  tokens: number
  repeats: number
  key: number
}

const columns = [
  { name: 'source', type: 'int32', nullable: false },
  { name: 'part', type: 'int32', nullable: false },
  { name: 'shard', type: 'int32', nullable: false },
  { name: 'row', type: 'int32', nullable: false },
  { name: 'data_row', type: 'int32', nullable: false },
  { name: 'row_group', type: 'int32', nullable: false },
  { name: 'row_in_group', type: 'int32', nullable: false },
  { name: 'id', type: 'string', nullable: false },
  { name: 'tokens', type: 'int64', nullable: false },
  { name: 'repeats', type: 'int32', nullable: false },
  { name: 'key', type: 'double', nullable: false },
] as const

/** Chosen documents as Parquet, in order of sources, shards and rows. */
export async function writeRows(path: string): Promise<{ write(row: ChosenRow): void; close(): Promise<void>; discard(): void }> {
  const table: TableWriter = await createParquet(path, {
    columns,
    metadata: { format: String(fileFormats.sample) },
    level: 3,
    groupBytes: 16 << 20,
    groupRows: 100_000,
  })
  return {
    write: (row) => table.write(columns.map(({ name }) => row[name])),
    close: async () => void (await table.close()),
    discard: () => table.discard(),
  }
}

export async function* readRows(path: string): AsyncGenerator<ChosenRow[]> {
  const file = await openParquet(path)
  try {
    for await (const rows of file.batches(columns.map(({ name }) => name)))
      yield rows.map(
        (row) =>
          Object.fromEntries(
            columns.map(({ name, type }) => [name, type === 'string' ? cellText(row[name]) : Number(row[name])]),
          ) as unknown as ChosenRow,
      )
  } finally {
    file.close()
  }
}

/** Chosen rows, all of one shard together. */
export async function* byShard(path: string): AsyncGenerator<{ source: number; shard: number; chosen: ChosenRow[] }> {
  let current: { source: number; shard: number; chosen: ChosenRow[] } | undefined
  for await (const rows of readRows(path)) {
    for (const row of rows) {
      if (!current || current.source !== row.source || current.shard !== row.shard) {
        if (current) yield current
        current = { source: row.source, shard: row.shard, chosen: [] }
      }
      current.chosen.push(row)
    }
  }
  if (current) yield current
}

/** Where a shard's texts lie: the row group of a row, and the row in it. */
export async function rowGroupsOf(
  { dir }: MeasuredRun,
  shard: number,
): Promise<(row: number) => { row_group: number; row_in_group: number }> {
  const file = await openParquet(join(dir, 'data', `${shardName(shard)}.parquet`))
  const { groups } = file
  file.close()
  // Rows come in ascending order, so that the next one is in this group or a later one.
  let [group, start] = [0, 0]
  return (row) => {
    if (row < start) [group, start] = [0, 0]
    while (row >= start + groups[group]!) start += groups[group++]!
    return { row_group: group, row_in_group: row - start }
  }
}
