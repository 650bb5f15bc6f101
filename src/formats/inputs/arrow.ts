import type { Docs, ReadingTask } from '../../core/task.ts'
import { readArrow } from '../arrow_reader.ts'
import type { ByteSource } from '../byte_source.ts'
import { damageOf, docOfRow, noTextColumn } from '../fields.ts'
import type { InputFormat, ReadOptions } from '../input_format.ts'

export default {
  title: 'Arrow',
  carriesFields: true,
  holdsPages: false,
  canBeCut: () => false,
  textPerByte: () => 1,
  recognizes: ({ stored }) => stored.toString('latin1', 0, 6) === 'ARROW1' || beginsStream(stored),
  read: (source, _, options, task) => readArrowDocs(source, options, task),
} satisfies InputFormat

/** A stream begins with a mark of four bytes, and the length of its schema. */
function beginsStream(head: Buffer): boolean {
  return head.length >= 8 && head.readUInt32LE(0) === 0xffffffff && head.readUInt32LE(4) > 0 && head.readUInt32LE(4) < 1 << 26
}

async function* readArrowDocs(source: ByteSource, options: ReadOptions, task: ReadingTask): Docs {
  let row = 0
  try {
    for await (const batch of readArrow(source)) {
      if (row === 0 && !batch.columns.includes(options.text_field)) return task.quarantine(noTextColumn(options, batch.columns))
      for (const values of batch.rows) {
        if (task.full()) return
        yield* docOfRow(values, row++, options, task)
      }
      task.advance(batch.end)
    }
  } catch (error) {
    task.quarantine(damageOf('bad_arrow', error), { row })
  }
}
