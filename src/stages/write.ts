import { z } from 'zod'
import { stage } from '../core/stage.ts'
import { type Column, createParquet } from '../formats/parquet_writer.ts'

/** FineWeb's columns and types (dataset card of HuggingFaceFW/fineweb). */
const columns: Column[] = [
  { name: 'text', type: 'string', nullable: false },
  { name: 'id', type: 'string', nullable: false },
  { name: 'dump', type: 'string', nullable: true },
  { name: 'url', type: 'string', nullable: false },
  { name: 'date', type: 'string', nullable: true },
  { name: 'file_path', type: 'string', nullable: true },
  { name: 'language', type: 'string', nullable: true },
  { name: 'language_score', type: 'double', nullable: true },
  { name: 'token_count', type: 'int64', nullable: true },
]
/** Fields that the input carried and FineWeb has no column for, as one JSON object. */
const carried: Column = { name: 'metadata', type: 'string', nullable: true }

export default stage({
  summary:
    "write the documents as Parquet with FineWeb's columns; fields of their own that inputs carried go to a `metadata` column as JSON",
  why: 'Every pipeline ends with it; it need not be written unless an option changes, such as the compression.',
  source: 'dataset card of HuggingFaceFW/fineweb',
  role: 'writer',
  options: {
    compression_level: z.int().min(1).max(22).default(3).describe('zstd level'),
    row_group_bytes: z
      .int()
      .positive()
      .default(16 << 20)
      .describe('a row group is closed at about this much text'),
    row_group_rows: z.int().positive().default(10_000).describe('and at this many rows at the latest'),
  },
  async *run(docs, { compression_level, row_group_bytes, row_group_rows }, task) {
    const table = await createParquet(task.output('data.parquet'), {
      columns: task.carriesMetadata ? [...columns, carried] : columns,
      metadata: task.provenance,
      level: compression_level,
      groupBytes: row_group_bytes,
      groupRows: row_group_rows,
    })
    const fixed = new Set(columns.map(({ name }) => name))
    const text = (value: unknown): string | null =>
      typeof value === 'string' ? value : value === undefined || value === null ? null : JSON.stringify(value)
    try {
      for await (const doc of docs) {
        const { dump, date, file_path, language, language_score } = doc.metadata
        const score = typeof language_score === 'number' ? language_score : null
        const row = [doc.text, doc.id, text(dump), doc.url, text(date), text(file_path), text(language), score, task.tokens(doc)]
        if (task.carriesMetadata) {
          const rest = Object.entries(doc.metadata).filter(([name]) => !fixed.has(name))
          row.push(rest.length > 0 ? JSON.stringify(Object.fromEntries(rest)) : null)
        }
        table.write(row)
        yield doc
      }
      task.wrote('data.parquet', (await table.close()).rows)
    } finally {
      table.discard()
    }
  },
})
