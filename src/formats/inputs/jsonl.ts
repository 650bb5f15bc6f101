import { DataError } from '../../core/errors.ts'
import { parseExactly } from '../../core/exact_json.ts'
import type { Docs, ReadingTask } from '../../core/task.ts'
import type { ByteSource } from '../byte_source.ts'
import { docOfFields } from '../fields.ts'
import type { Compression, InputFormat, ReadOptions } from '../input_format.ts'
import { positionOf, readLines } from '../jsonl.ts'

export default {
  title: 'JSON Lines',
  carriesFields: true,
  holdsPages: false,
  canBeCut: () => true,
  textPerByte: (compression) => (compression === 'none' ? 1 : 3),
  recognizes: ({ path, compression, decoded }) =>
    /^\ufeff?\s*\{/.test(decoded.toString('utf8', 0, 512)) ||
    (compression === 'gzip' && decoded.length === 0 && /\.(jsonl?|ndjson)\.gz$/i.test(path)),
  read: readJsonDocs,
} satisfies InputFormat

const isBlank = (bytes: Buffer): boolean => bytes.every((byte) => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d))

async function* readJsonDocs(source: ByteSource, compression: Compression, options: ReadOptions, task: ReadingTask): Docs {
  const { start, end, begins } = task.input!
  const range = {
    start,
    end,
    ...(begins ? { begins: begins.at } : {}),
    onSeam: (first: number | null, next: number) => task.seam({ first, next, before: null }),
  }
  for await (const line of readLines(source, compression, options.max_record_bytes, range)) {
    if (task.full()) return
    const where = { start: line.start, end: line.end, ...(line.member === undefined ? {} : { member: line.member }) }
    if (compression === 'none') task.advance(line.end - start)
    if (line.kind === 'damage') {
      task.quarantine(new DataError(line.error, line.message), where)
      continue
    }
    if (isBlank(line.bytes)) continue
    let fields: Record<string, unknown>
    try {
      const text = line.bytes.toString('utf8')
      fields = parseExactly(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text) as Record<string, unknown>
    } catch (error) {
      task.quarantine(new DataError('bad_json', (error as Error).message), where)
      continue
    }
    if (fields === null || typeof fields !== 'object' || Array.isArray(fields)) {
      task.quarantine(new DataError('bad_json', 'the line is not a JSON object'), where)
    } else if (typeof fields[options.text_field] !== 'string') {
      task.quarantine(new DataError('no_text', `the line has no text in "${options.text_field}"`), where)
    } else yield docOfFields(fields, positionOf(line), options, task)
  }
}
