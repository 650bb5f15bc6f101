import type { Docs, ReadingTask } from '../../core/task.ts'
import type { ByteSource } from '../byte_source.ts'
import type { Compression, InputFormat, ReadOptions } from '../input_format.ts'
import { looksLikeWarc, readWarc } from '../warc.ts'
import { docOfRecord, dumpIn, dumpNamed, typeOf } from '../warc_documents.ts'

export default {
  title: 'WARC and WET',
  carriesFields: false,
  holdsPages: true,
  canBeCut: () => true,
  // A gzipped byte holds 4.4 bytes of HTML and 0.5 of main text, measured on 238 MB of mixed pages.
  textPerByte: (compression) => (compression === 'none' ? 0.15 : 0.6),
  // A gzip file whose first member is empty or damaged is taken for a WARC: its reader says so, and finds the members after it.
  recognizes: ({ compression, decoded }) => looksLikeWarc(decoded) || (compression === 'gzip' && decoded.length === 0),
  read: (source, compression, options, task) => readWarcDocs(source, compression, options, task),
} satisfies InputFormat

async function* readWarcDocs(source: ByteSource, compression: Compression, options: ReadOptions, task: ReadingTask): Docs {
  const { path, name, start, end, begins } = task.input!
  const named = dumpNamed(path)
  const reading = { compression, maxRecordBytes: options.max_record_bytes }
  // A file begins with a warcinfo; where files have been joined, the last one before a record counts, which the split before knows.
  const before = start === 0 ? null : begins ? begins.carry : await firstDump(source, reading)
  let dump = before
  let after: string | null | undefined
  const range = {
    start,
    end,
    ...(begins ? { begins: begins.at } : {}),
    onSeam: (first: number | null, next: number) => task.seam({ first, next, before, ...(after === undefined ? {} : { after }) }),
  }
  const whereIs = (record: { start: number; end: number }) => ({ start: record.start, end: record.end })
  for await (const record of readWarc(source, { ...reading, range })) {
    if (task.full()) return
    task.advance(record.end - start)
    if (record.kind === 'record' && typeOf(record) === 'warcinfo') dump = after = dumpIn(record)
    yield* docOfRecord(record, { path, name, dump: named ?? dump, whereIs }, options, task)
  }
}

/** The dump that the first record of a file names. */
async function firstDump(source: ByteSource, reading: { compression: Compression; maxRecordBytes: number }): Promise<string | null> {
  for await (const record of readWarc(source, reading))
    return record.kind === 'record' && typeOf(record) === 'warcinfo' ? dumpIn(record) : null
  return null
}
