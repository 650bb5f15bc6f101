import { Doc, type Metadata } from '../core/doc.ts'
import { DataError, type Location } from '../core/errors.ts'
import type { ReadingTask } from '../core/task.ts'
import { parseHttpResponse } from './http.ts'
import type { ReadOptions } from './input_format.ts'
import { htmlTypes, mediaType } from './media_type.ts'
import type { WarcDamage, WarcRecord } from './warc.ts'

/** Where records of a WARC come from, for what is said of them. */
export interface WarcOrigin {
  /** The file as the user named it, for metadata. */
  path: string
  /** What ids begin with where records have none. */
  name: string
  dump: string | null
  /** Where a record lies, for errors. */
  whereIs(record: Pick<WarcRecord, 'start' | 'end'>): Partial<Location>
}

/** The crawl that a path of Common Crawl names. */
export const dumpNamed = (path: string): string | undefined => /crawl-data\/(CC-MAIN-[\w-]+)\//.exec(path)?.[1]

/** The crawl that a warcinfo record names. */
export const dumpIn = ({ content }: WarcRecord): string | null => /^isPartOf: *(\S+)/im.exec(content.toString('utf8'))?.[1] ?? null

/** What a body that is still coded looks like. */
const undecoded = new Set(['application/gzip', 'application/zstd', 'application/octet-stream'])

export const typeOf = (record: WarcRecord): string => record.headers.get('warc-type') ?? 'untyped'

/** The document of a record, if it holds one; else it is counted as what it is. */
export function* docOfRecord(record: WarcRecord | WarcDamage, from: WarcOrigin, options: ReadOptions, task: ReadingTask): Generator<Doc> {
  if (record.kind === 'damage') return task.quarantine(new DataError(record.error, record.message), from.whereIs(record))
  const type = typeOf(record)
  if (type === 'response') yield* pageOf(record, from, options, task)
  else if (type === 'conversion') yield* textOf(record, from, task)
  else task.passOver(type)
}

/** URL without the angle brackets that wget 1.19 writes around it. */
const targetOf = (record: WarcRecord): string => (record.headers.get('warc-target-uri') ?? '').replace(/^<(.*)>$/, '$1')

function metadataOf(record: WarcRecord, { dump, path }: WarcOrigin): Metadata {
  return { dump, date: record.headers.get('warc-date') ?? null, file_path: path }
}

function* pageOf(record: WarcRecord, from: WarcOrigin, options: ReadOptions, task: ReadingTask): Generator<Doc> {
  const where = from.whereIs(record)
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
  if (isCoded && undecoded.has(type)) {
    const codings = headers.get('content-encoding') ?? headers.get('transfer-encoding')
    return task.quarantine(new DataError('undecodable_body', `the body cannot be decoded (${codings})`), where)
  }
  if (!htmlTypes.has(type)) return task.skip('not_html', body.length)
  if (problem !== undefined) task.quarantine(new DataError('damaged_body', `${problem}; what could be decoded is kept`), where)
  const id = idOf(record, from)
  const doc = new Doc({
    id,
    text: '',
    url: targetOf(record),
    metadata: metadataOf(record, from),
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

function* textOf(record: WarcRecord, from: WarcOrigin, task: ReadingTask): Generator<Doc> {
  const type = record.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? 'text/plain'
  if (type !== 'text/plain') return task.skip('not_text', record.content.length)
  const id = idOf(record, from)
  yield new Doc({
    id,
    text: record.content.toString('utf8'),
    url: targetOf(record),
    metadata: metadataOf(record, from),
    verdict: task.begin(record.content.length, id),
  })
}

const idOf = (record: WarcRecord, { name }: WarcOrigin): string => record.headers.get('warc-record-id') ?? `${name}/${record.position}`
