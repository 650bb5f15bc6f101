import { Doc } from '../core/doc.ts'
import { DataError, systemCode } from '../core/errors.ts'
import type { ReadingTask } from '../core/task.ts'
import type { ReadOptions } from './input_format.ts'
import { type Row, toJson } from './parquet_reader.ts'

// Documents of records that are made of named fields: JSON Lines, Parquet, Arrow.

export function noTextColumn({ text_field }: ReadOptions, columns: readonly string[]): DataError {
  const hint = columns.length > 12 ? `${columns.slice(0, 12).join(', ')}, …` : columns.join(', ')
  return new DataError(
    'no_text_column',
    `no column "${text_field}" for the text (columns: ${hint}); name one with --set read.text_field=COLUMN`,
  )
}

export function* docOfRow(values: Row, row: number, options: ReadOptions, task: ReadingTask): Generator<Doc> {
  const { text_field } = options
  const fields = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      name === text_field && value instanceof Uint8Array ? textOf(value) : toJson(value),
    ]),
  )
  if (typeof fields[options.text_field] === 'string') yield docOfFields(fields, row, options, task)
  else task.quarantine(new DataError('no_text', `the row has no text in "${options.text_field}"`), { row })
}

/** A text is text: bytes that are no UTF-8 are replacement characters, not base64. */
const textOf = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')

/** A file that cannot be decoded is damage in the data; a disk that cannot be read is none. */
export function damageOf(kind: 'bad_parquet' | 'bad_arrow', error: unknown): DataError {
  if (systemCode(error)) throw error
  return new DataError(kind, (error as Error).message)
}

/** `position` says where in the file the record is. */
export function docOfFields(fields: Record<string, unknown>, position: string | number, options: ReadOptions, task: ReadingTask): Doc {
  const { [options.text_field]: text, [options.id_field]: id, [options.url_field]: url, ...metadata } = fields
  const name = id === undefined || id === null ? idAt(task, position) : typeof id === 'object' ? JSON.stringify(id) : String(id)
  return new Doc({
    id: name,
    text: text as string,
    url: typeof url === 'string' ? url : '',
    metadata: { file_path: task.input!.path, ...metadata },
    verdict: task.begin(Buffer.byteLength(text as string), name),
  })
}

/** The id of a document that has none: the same wherever the folder of the inputs lies, and however its file is cut. */
export const idAt = (task: ReadingTask, position: string | number): string => `${task.input!.name}/${position}`
