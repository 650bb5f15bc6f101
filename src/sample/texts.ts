import { join } from 'node:path'
import { decode } from '../compare/judge.ts'
import { openParquet } from '../formats/parquet_reader.ts'
import { shardName } from '../pipeline/plan.ts'

/** The documents of a shard of `data/`, in order, with their numbers; only those wanted are decoded. */
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
        if (isWanted(row)) yield { row, id: asText(id), text: asText(text) }
        row++
      }
    }
  } finally {
    file.close()
  }
}

const asText = (value: unknown): string => (value instanceof Uint8Array ? decode(value) : String(value))
