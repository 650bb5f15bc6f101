import { DataError, unreachable } from '../core/errors.ts'
import { stage } from '../core/stage.ts'
import type { Docs, Task } from '../core/task.ts'
import { type ByteSource, openSplit } from '../formats/byte_source.ts'
import { type Detected, detectFormat, loadFormats } from '../formats/detect_format.ts'
import { type ReadOptions, readOptions } from '../formats/input_format.ts'
import { StorageError } from '../storage/store.ts'

export default stage({
  summary: 'read WARC, WET, Parquet, Arrow and JSON Lines files, plain or compressed; formats are detected from content',
  why: 'Every pipeline begins with it; it need not be written unless an option changes, such as the names of columns.',
  source: 'ISO 28500 (WARC 1.1); documents and fields as datatrove reads them',
  role: 'reader',
  options: readOptions,
  async *run(_, options, task) {
    const { start, end } = task.input!
    const source = openSplit(task.input!)
    source.beginDigest(start, end)
    try {
      const detected = await detectFormat(source)
      if (detected.kind === 'known') yield* readFormat(detected, source, options, task)
      else if (detected.kind === 'unknown') {
        const known = (await loadFormats()).map(([, { title }]) => title).join(', ')
        const message = `looks like ${detected.looksLike}; what can be read: ${known}`
        task.quarantine(new DataError('unknown_format', message), { start: 0, end: source.size })
      }
      task.hashed(source.endDigest())
    } catch (error) {
      if (!(error instanceof StorageError)) throw error
      task.quarantine(new DataError(unreachable, error.message), { start, end })
      task.hashed('')
    } finally {
      source.close()
    }
  },
})

/** A file that was cut although its format cannot be, since only its name was looked at, is read by the first of its splits. */
async function* readFormat(
  { format, compression }: Extract<Detected, { kind: 'known' }>,
  source: ByteSource,
  options: ReadOptions,
  task: Task,
): Docs {
  if (task.input!.start > 0 && !format.canBeCut(compression)) return
  yield* format.read(source, compression, options, task)
}
