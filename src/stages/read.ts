import { DataError } from '../core/errors.ts'
import { stage } from '../core/stage.ts'
import { ByteSource } from '../formats/byte_source.ts'
import { detectFormat, loadFormats } from '../formats/detect_format.ts'
import { readOptions } from '../formats/input_format.ts'

export default stage({
  summary: 'read WARC, WET, Parquet, Arrow and JSON Lines files, plain or compressed; formats are detected from content',
  why: 'Every pipeline begins with it; it need not be written unless an option changes, such as the names of columns.',
  source: 'ISO 28500 (WARC 1.1); documents and fields as datatrove reads them',
  role: 'reader',
  options: readOptions,
  async *run(_, options, task) {
    const { file, start, end } = task.input!
    const source = new ByteSource(file)
    source.beginDigest(start, end)
    try {
      const detected = await detectFormat(source)
      if (detected.kind === 'known') yield* detected.format.read(source, detected.compression, options, task)
      else if (detected.kind === 'unknown') {
        const known = (await loadFormats()).map(([, { title }]) => title).join(', ')
        const message = `looks like ${detected.looksLike}; what can be read: ${known}`
        task.quarantine(new DataError('unknown_format', message), { start: 0, end: source.size })
      }
      task.hashed(source.endDigest())
    } finally {
      source.close()
    }
  },
})
