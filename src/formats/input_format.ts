import { z } from 'zod'
import type { Docs, ReadingTask } from '../core/task.ts'
import type { ByteSource } from './byte_source.ts'

export type Compression = 'none' | 'gzip' | 'zstd'

/** How a file begins. */
export interface FileHead {
  path: string
  /** The first bytes as stored, 64 KiB at most. */
  stored: Buffer
  compression: Compression
  /** The same bytes, decompressed as far as they can be. */
  decoded: Buffer
}

/** Options of the step that reads: they mean the same in every format. */
export const readOptions = {
  text_field: z.string().default('text').describe('field or column that holds the text (JSON Lines, Parquet, Arrow)'),
  id_field: z
    .string()
    .default('id')
    .describe(
      'field or column that holds the id; without one, ids are FILE/PLACE: the row of a table, or the byte where the record begins',
    ),
  url_field: z.string().default('url').describe('field or column that holds the URL'),
  max_record_bytes: z
    .int()
    .positive()
    .default(64 << 20)
    .describe('records larger than this (bytes, decoded) are counted as errors'),
  ok_status_only: z.boolean().default(true).describe('remove pages that the server answered with another status than 2xx'),
}
export type ReadOptions = z.output<z.ZodObject<typeof readOptions>>

/** A format of input files. Each is a file in `inputs/`, and the file's name is the format's. */
export interface InputFormat {
  /** What people call it. */
  title: string
  /** Whether records have fields of their own, which are written to the `metadata` column. */
  carriesFields: boolean
  /** Whether it holds pages, which a step must turn into text. */
  holdsPages: boolean
  /** Whether it can be read from the middle on, so that a large file is more than one task. */
  canBeCut(compression: Compression): boolean
  /** Bytes of text in a stored byte, for forecasts of disk. */
  textPerByte(compression: Compression): number
  /** Whether a file that begins like this is of the format. */
  recognizes(head: FileHead): boolean
  /** The documents of a file, in order. Damage is quarantined; only a disk that cannot be read throws. */
  read(source: ByteSource, compression: Compression, options: ReadOptions, task: ReadingTask): Docs
}
