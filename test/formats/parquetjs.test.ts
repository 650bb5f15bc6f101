import { join } from 'node:path'
// @ts-expect-error: has no types
import parquetjs from 'parquetjs-lite'
import { describe, expect, test } from 'vitest'
import { openParquet } from '../../src/formats/parquet_reader.ts'
import { temporaryFolder } from '../support.ts'

/** Files as another writer makes them: without dictionaries, in pages of either version. */
const dir = temporaryFolder()

const rows = Array.from({ length: 250 }, (_, i) => ({
  id: `d${i}`,
  text: i % 7 === 0 ? '' : `Text ${i}: 日本語 😀\n`.repeat(i % 5),
  ...(i % 3 === 0 ? {} : { language: i % 2 === 0 ? 'en' : 'de' }),
  score: i / 3,
  small: i - 100,
  large: BigInt(i) * 10n ** 15n,
  is_good: i % 2 === 1,
  tags: Array.from({ length: i % 4 }, (__, k) => `tag ${k}`),
}))

async function written(compression: string, useDataPageV2: boolean): Promise<string> {
  const path = join(dir, `${compression}-${useDataPageV2}.parquet`)
  const schema = new parquetjs.ParquetSchema({
    id: { type: 'UTF8', compression },
    text: { type: 'UTF8', compression },
    language: { type: 'UTF8', optional: true, compression },
    score: { type: 'DOUBLE', compression },
    small: { type: 'INT32', compression },
    large: { type: 'INT64', compression },
    is_good: { type: 'BOOLEAN', compression },
    tags: { type: 'UTF8', repeated: true, compression },
  })
  const writer = await parquetjs.ParquetWriter.openFile(schema, path, { rowGroupSize: 100, useDataPageV2 })
  for (const row of rows) await writer.appendRow({ ...row, large: Number(row.large) })
  await writer.close()
  return path
}

describe.each(['UNCOMPRESSED', 'GZIP', 'SNAPPY'])('parquetjs-lite, %s', (compression) => {
  test.each([false, true])('data pages of version 2: %s', async (useDataPageV2) => {
    const file = await openParquet(await written(compression, useDataPageV2))
    const found: Record<string, unknown>[] = []
    for await (const batch of file.batches()) found.push(...batch)
    file.close()
    expect(found.length).toBe(rows.length)
    for (const [i, row] of rows.entries()) {
      const { language = null, large, tags, ...same } = { language: null, ...row }
      expect(found[i]).toMatchObject({ ...same, language })
      expect(BigInt(found[i]!['large'] as bigint)).toBe(large)
      expect(found[i]!['tags'] ?? []).toEqual(tags)
    }
  })
})
