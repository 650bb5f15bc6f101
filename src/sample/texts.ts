import { join } from 'node:path'
import { cellText } from '../formats/cell_text.ts'
import { openParquet } from '../formats/parquet_reader.ts'
import { shardName } from '../pipeline/plan.ts'

/** The documents of a shard of `data/`, in order, with their numbers; only the requested ones are decoded. */
export async function* readTexts(
  dir: string,
  shard: number,
  isWanted: (row: number) => boolean,
): AsyncGenerator<{ row: number; id: string; text: string }> {
  const file = await openParquet(join(dir, 'data', `${shardName(shard)}.parquet`))
  try {
    let row = 0
    for await (const batch of file.batches(['id', 'text'])) {
      for (const { id, text } of batch) {
        if (isWanted(row)) yield { row, id: cellText(id), text: cellText(text) }
        row++
      }
    }
  } finally {
    file.close()
  }
}
