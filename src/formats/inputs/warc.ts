import { Doc, type Metadata } from '../../core/doc.ts'
import { DataError } from '../../core/errors.ts'
import type { Docs, Task } from '../../core/task.ts'
import type { ByteSource } from '../byte_source.ts'
import { idAt } from '../fields.ts'
import { parseHttpResponse } from '../http.ts'
import type { Compression, InputFormat, ReadOptions } from '../input_format.ts'
import { looksBinary, mediaType } from '../media_type.ts'
import { looksLikeWarc, readWarc, type WarcRecord } from '../warc.ts'

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

async function* readWarcDocs(source: ByteSource, compression: Compression, options: ReadOptions, task: Task): Docs {
  const { path, start, end, begins } = task.input!
  const named = /crawl-data\/(CC-MAIN-[\w-]+)\//.exec(path)?.[1]
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
  for await (const record of readWarc(source, { ...reading, range })) {
    if (task.full()) return
    task.advance(record.end - start)
    if (record.kind === 'damage') {
      task.quarantine(new DataError(record.error, record.message), { start: record.start, end: record.end })
      continue
    }
    const type = record.headers.get('warc-type') ?? 'untyped'
    if (type === 'warcinfo') dump = after = dumpIn(record)
    if (type !== 'response' && type !== 'conversion') task.passOver(type)
    else yield* type === 'response' ? pageOf(record, named ?? dump, options, task) : textOf(record, named ?? dump, task)
  }
}

const dumpIn = ({ content }: WarcRecord): string | null => /^isPartOf: *(\S+)/im.exec(content.toString('utf8'))?.[1] ?? null

/** The dump that the first record of a file names. */
async function firstDump(source: ByteSource, reading: { compression: Compression; maxRecordBytes: number }): Promise<string | null> {
  for await (const record of readWarc(source, reading))
    return record.kind === 'record' && record.headers.get('warc-type') === 'warcinfo' ? dumpIn(record) : null
  return null
}

/** URL without the angle brackets that wget 1.19 writes around it. */
const targetOf = (record: WarcRecord): string => (record.headers.get('warc-target-uri') ?? '').replace(/^<(.*)>$/, '$1')

function metadataOf(record: WarcRecord, dump: string | null, path: string): Metadata {
  return { dump, date: record.headers.get('warc-date') ?? null, file_path: path }
}

const htmlTypes = new Set(['text/html', 'application/xhtml+xml'])

function* pageOf(record: WarcRecord, dump: string | null, options: ReadOptions, task: Task): Generator<Doc> {
  const { path } = task.input!
  const where = { start: record.start, end: record.end }
  let response: ReturnType<typeof parseHttpResponse>
  try {
    response = parseHttpResponse(record.content, options.max_record_bytes)
  } catch (error) {
    return task.quarantine(unreadable(error, options.max_record_bytes), where)
  }
  if (!response) {
    // DNS and FTP responses are records of their own kind; an HTTP one without a status line is damaged.
    if (!/^application\/http/i.test(record.headers.get('content-type') ?? '')) return task.skip('not_http', record.content.length)
    return task.quarantine(new DataError('bad_http', 'the record does not begin with an HTTP status line'), where)
  }
  const { status, headers, body, problem } = response
  const contentType = headers.get('content-type') ?? ''
  const isCoded = headers.has('content-encoding') || headers.has('transfer-encoding')
  const type = mediaType([record.headers.get('warc-identified-payload-type'), contentType], body)
  if (isCoded && (type === 'application/gzip' || (htmlTypes.has(type) && looksBinary(body)))) {
    const codings = headers.get('content-encoding') ?? headers.get('transfer-encoding')
    return task.quarantine(new DataError('undecodable_body', `the body cannot be decoded (${codings})`), where)
  }
  if (!htmlTypes.has(type)) return task.skip('not_html', body.length)
  if (problem !== undefined) task.quarantine(new DataError('damaged_body', `${problem}; what could be decoded is kept`), where)
  const id = idOf(record, task)
  const doc = new Doc({
    id,
    text: '',
    url: targetOf(record),
    metadata: metadataOf(record, dump, path),
    page: { body, contentType },
    verdict: task.begin(body.length, id),
  })
  if (options.ok_status_only && (status < 200 || status > 299)) task.reject(doc, 'status')
  else yield doc
}

function unreadable(error: unknown, maxBytes: number): DataError {
  const { code, message } = error as NodeJS.ErrnoException
  return code === 'ERR_BUFFER_TOO_LARGE'
    ? new DataError('record_too_large', `body is larger than max_record_bytes (${maxBytes}) once decoded`)
    : new DataError('bad_http', message)
}

function* textOf(record: WarcRecord, dump: string | null, task: Task): Generator<Doc> {
  const type = record.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? 'text/plain'
  if (type !== 'text/plain') return task.skip('not_text', record.content.length)
  const id = idOf(record, task)
  yield new Doc({
    id,
    text: record.content.toString('utf8'),
    url: targetOf(record),
    metadata: metadataOf(record, dump, task.input!.path),
    verdict: task.begin(record.content.length, id),
  })
}

const idOf = (record: WarcRecord, task: Task): string => record.headers.get('warc-record-id') ?? idAt(task, record.position)
