import type { SchemaElement } from 'hyparquet'
import { ByteWriter, ParquetWriter } from 'hyparquet-writer'
import { FileWriter } from './file_writer.ts'
import { openParquet } from './parquet_reader.ts'
import { loadZstd } from './zstd.ts'

export interface Column {
  name: string
  type: 'string' | 'double' | 'int64' | 'int32'
  nullable: boolean
}

export interface TableWriter {
  /** Values in the order of the columns; null or undefined where there is none. */
  write(row: readonly unknown[]): void
  /** Write what is left and the footer, sync, and read the footer back. */
  close(): Promise<{ rows: number }>
  discard(): void
}

export interface TableOptions {
  columns: readonly Column[]
  metadata?: Record<string, string>
  /** zstd level. */
  level: number
  /** A row group is closed when its values take about this much memory. */
  groupBytes: number
  groupRows: number
}

/** Write a Parquet file row by row: zstd, dictionary where it pays, statistics and page offsets. Rows of one group are held in memory. */
export async function createParquet(
  path: string,
  { columns, metadata = {}, level, groupBytes, groupRows }: TableOptions,
): Promise<TableWriter> {
  const zstd = await loadZstd()
  const file = new FileWriter(path)
  const parquet = new ParquetWriter({
    writer: writerTo(file),
    schema: schemaOf(columns),
    codec: 'ZSTD',
    compressors: { ZSTD: (bytes) => zstd.compress(bytes, level) },
    kvMetadata: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    createdBy: 'decant',
  })
  let data: unknown[][] = columns.map(() => [])
  let pending = 0
  let pendingBytes = 0
  let rows = 0
  const flush = (): void => {
    if (pending === 0) return
    const columnData = columns.map(({ name }, i) => ({ name, data: data[i]! }))
    void parquet.write({ columnData, rowGroupSize: pending })
    data = columns.map(() => [])
    pending = pendingBytes = 0
  }
  return {
    write(row) {
      for (let i = 0; i < columns.length; i++) {
        const value = row[i] ?? null
        if (value === null && !columns[i]!.nullable) throw new Error(`column ${columns[i]!.name} may not be null`)
        data[i]!.push(columns[i]!.type === 'int64' && value !== null ? BigInt(value as number) : value)
        pendingBytes += typeof value === 'string' ? value.length : 8
      }
      rows++
      if (++pending >= groupRows || pendingBytes >= groupBytes) flush()
    },
    async close() {
      flush()
      void parquet.finish()
      file.close()
      const back = await openParquet(path)
      back.close()
      if (back.rows !== rows) throw new Error(`${path}: wrote ${rows} rows, its footer says ${back.rows}`)
      return { rows }
    },
    discard: () => file.discard(),
  }
}

function schemaOf(columns: readonly Column[]): SchemaElement[] {
  const types = {
    string: { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
    double: { type: 'DOUBLE' },
    int64: { type: 'INT64' },
    int32: { type: 'INT32' },
  } as const
  return [
    { name: 'schema', num_children: columns.length },
    ...columns.map(
      ({ name, type, nullable }): SchemaElement => ({ name, ...types[type], repetition_type: nullable ? 'OPTIONAL' : 'REQUIRED' }),
    ),
  ]
}

/** A writer whose bytes go to the file after each row group. */
function writerTo(file: FileWriter): ByteWriter {
  const writer = new ByteWriter(1 << 20) as ByteWriter & { index: number; flush(): void }
  writer.flush = () => {
    file.write(new Uint8Array(writer.buffer, 0, writer.index))
    writer.index = 0
  }
  writer.finish = () => writer.flush()
  return writer
}
