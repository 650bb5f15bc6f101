import { DataError } from '../../core/errors.ts'
import type { Docs, ReadingTask } from '../../core/task.ts'
import type { ByteSource } from '../byte_source.ts'
import { damageOf, docOfRow, noTextColumn } from '../fields.ts'
import type { InputFormat, ReadOptions } from '../input_format.ts'
import { type LostRows, openParquet } from '../parquet_reader.ts'

export default {
  title: 'Parquet',
  carriesFields: true,
  holdsPages: false,
  canBeCut: () => true,
  textPerByte: () => 2.5,
  recognizes: ({ stored }) => stored.toString('latin1', 0, 4) === 'PAR1',
  read: (source, _, options, task) => readParquetDocs(source, options, task),
} satisfies InputFormat

async function* readParquetDocs(source: ByteSource, options: ReadOptions, task: ReadingTask): Docs {
  let file: Awaited<ReturnType<typeof openParquet>>
  try {
    file = await openParquet(source)
  } catch (error) {
    return task.quarantine(damageOf('bad_parquet', error))
  }
  try {
    if (!file.columns.includes(options.text_field)) {
      return task.quarantine(noTextColumn(options, file.columns))
    }
    const { start, end, size } = task.input!
    // A footer that is damaged may say anything of where groups are.
    const range = start === 0 && end === size ? undefined : { start, end }
    let row = range ? file.firstRowIn(range) : 0
    const first = row
    const onLoss = ({ from, to, message }: LostRows): void => {
      const where = to === from + 1 ? { row: from } : { row: from, rows: to - from }
      task.quarantine(new DataError('bad_parquet', `cannot be decoded: ${message}`), where)
      row = to
    }
    for await (const rows of file.batches(undefined, onLoss, range)) {
      for (const values of rows) {
        if (task.full()) return
        yield* docOfRow(values, row++, options, task)
      }
      task.advance((size * (row - first)) / Math.max(1, file.rows))
    }
  } catch (error) {
    task.quarantine(damageOf('bad_parquet', error))
  }
}
