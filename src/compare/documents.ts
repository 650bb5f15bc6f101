import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { cellText } from '../formats/cell_text.ts'
import { openParquet } from '../formats/parquet_reader.ts'
import { shardName } from '../pipeline/plan.ts'
import type { MeasuredRun } from './measurement.ts'

/** A document's place: its shard, its row in `verdicts/` of that shard, and in `data/` (-1 for none). */
export interface Place {
  shard: number
  verdictRow: number
  dataRow: number
}

/** A document to look at. */
export interface Looked {
  id: string
  url: string
  /** Why the run as measured would remove it; null when it would not. */
  reason: string | null
  tokens: number | null
  text?: string
}

/** Read a few documents of a run, in the order of their places; texts only when asked for. */
export async function lookAt(run: MeasuredRun, places: readonly Place[], texts: boolean): Promise<Looked[]> {
  const found = new Array<Looked>(places.length)
  const byShard = new Map<number, number[]>()
  for (const [i, { shard }] of places.entries()) byShard.set(shard, [...(byShard.get(shard) ?? []), i])
  for (const [shard, indexes] of [...byShard].sort(([a], [b]) => a - b)) {
    const verdicts = await openParquet(join(run.dir, 'verdicts', `${shardName(shard)}.parquet`))
    try {
      const rows = await verdicts.rowsAt(
        ['id', 'url', 'reason', 'tokens'],
        indexes.map((i) => places[i]!.verdictRow),
      )
      for (const [k, i] of indexes.entries()) {
        const { id, url, reason, tokens } = rows[k]!
        found[i] = {
          id: cellText(id),
          url: cellText(url),
          reason: reason === null || reason === undefined ? null : cellText(reason),
          tokens: tokens === null || tokens === undefined ? null : Number(tokens),
        }
      }
    } finally {
      verdicts.close()
    }
    if (texts)
      await readTexts(
        run,
        shard,
        indexes.map((i) => [places[i]!.dataRow, found[i]!] as const),
      )
  }
  return found
}

async function readTexts(run: MeasuredRun, shard: number, documents: readonly (readonly [number, Looked])[]): Promise<void> {
  const path = join(run.dir, 'data', `${shardName(shard)}.parquet`)
  const written = documents.filter(([row]) => row >= 0)
  if (written.length === 0 || !existsSync(path)) return
  const data = await openParquet(path)
  try {
    const rows = await data.rowsAt(
      ['text'],
      written.map(([row]) => row),
    )
    for (const [k, [, document]] of written.entries()) document.text = cellText(rows[k]!['text'])
  } finally {
    data.close()
  }
}
