import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { UserError } from '../core/errors.ts'
import { openParquet, toJson } from '../formats/parquet_reader.ts'

const tables = ['data', 'verdicts', 'duplicates'] as const

/**
 * The rows of a finished run's table, file by file: `data` (what was kept), `verdicts` (a row a document) or `duplicates`. With `columns`, only
 * those are read. Throws a UserError where there is no such run.
 */
export async function* readTable(
  dir: string,
  table: (typeof tables)[number],
  columns?: readonly string[],
): AsyncGenerator<Record<string, unknown>> {
  if (!existsSync(join(dir, 'manifest.json'))) throw new UserError(`${dir}: no finished run here (no manifest.json)`)
  const folder = join(dir, table)
  for (const name of existsSync(folder) ? readdirSync(folder).sort() : []) {
    const file = await openParquet(join(folder, name))
    try {
      for await (const rows of file.batches(columns ? [...columns] : undefined))
        for (const row of rows) yield toJson(row) as Record<string, unknown>
    } finally {
      file.close()
    }
  }
}
