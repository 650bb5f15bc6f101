import { z } from 'zod'
import { Doc, type Metadata } from '../core/doc.ts'
import { DataError } from '../core/errors.ts'
import { type Docs, stage, type Task } from '../core/stage.ts'
import { readArrow } from '../formats/arrow_reader.ts'
import { ByteSource } from '../formats/byte_source.ts'
import { parseHttpResponse } from '../formats/http.ts'
import { readLines } from '../formats/jsonl.ts'
import { type LostRows, openParquet, type Row, toJson } from '../formats/parquet_reader.ts'
import { sniffFormat } from '../formats/sniff.ts'
import { readWarc, type WarcRecord } from '../formats/warc.ts'

const options = {
  text_field: z.string().default('text').describe('field or column that holds the text (JSON Lines, Parquet, Arrow)'),
  id_field: z.string().default('id').describe('field or column that holds the id; without one, ids are FILE/ROW'),
  url_field: z.string().default('url').describe('field or column that holds the URL'),
  max_record_bytes: z
    .int()
    .positive()
    .default(64 << 20)
    .describe('records larger than this (bytes, decoded) are counted as errors'),
  ok_status_only: z.boolean().default(true).describe('remove pages that the server answered with another status than 2xx'),
}
type ReadOptions = z.output<z.ZodObject<typeof options>>

export default stage({
  summary: 'read WARC, WET, Parquet, Arrow and JSON Lines files, told apart by their content, plain or compressed',
  source: 'ISO 28500 (WARC 1.1); documents and fields as datatrove reads them',
  role: 'reader',
  options,
  async *run(_, options, task) {
    const { path } = task.input!
    const source = new ByteSource(path)
    try {
      const format = sniffFormat(source)
      switch (format.kind) {
        case 'warc':
          yield* readWarcDocs(source, format.compression === 'gzip', options, task)
          break
        case 'jsonl':
          yield* readJsonDocs(source, format.compression, options, task)
          break
        case 'parquet':
          yield* readParquetDocs(path, options, task)
          break
        case 'arrow':
          yield* readArrowDocs(path, options, task)
          break
        case 'unknown': {
          const message = `not a WARC, WET, Parquet, Arrow or JSON Lines file; it looks like ${format.looksLike}`
          task.quarantine(new DataError('unknown_format', message), { start: 0, end: source.size })
        }
      }
    } finally {
      source.close()
    }
  },
})

async function* readWarcDocs(source: ByteSource, gzip: boolean, options: ReadOptions, task: Task): Docs {
  const { path } = task.input!
  let dump = /crawl-data\/(CC-MAIN-[\w-]+)\//.exec(path)?.[1]
  for await (const record of readWarc(source, { gzip, maxRecordBytes: options.max_record_bytes })) {
    if (task.full()) return
    task.advance(record.end)
    if (record.kind === 'damage') {
      task.quarantine(new DataError(record.error, record.message), { start: record.start, end: record.end })
      continue
    }
    const type = record.headers.get('warc-type') ?? 'untyped'
    if (type === 'warcinfo') dump ??= /^isPartOf: *(\S+)/im.exec(record.content.toString('utf8'))?.[1]
    if (type !== 'response' && type !== 'conversion') task.passOver(type)
    else yield* type === 'response' ? pageOf(record, dump, options, task) : textOf(record, dump, task)
  }
}

/** URL without the angle brackets that wget 1.19 writes around it. */
const targetOf = (record: WarcRecord): string => (record.headers.get('warc-target-uri') ?? '').replace(/^<(.*)>$/, '$1')

function metadataOf(record: WarcRecord, dump: string | undefined, path: string): Metadata {
  return { dump: dump ?? null, date: record.headers.get('warc-date') ?? null, file_path: path }
}

const htmlTypes = new Set(['text/html', 'application/xhtml+xml'])

function* pageOf(record: WarcRecord, dump: string | undefined, options: ReadOptions, task: Task): Generator<Doc> {
  const { path } = task.input!
  const where = { start: record.start, end: record.end }
  let response: ReturnType<typeof parseHttpResponse>
  try {
    response = parseHttpResponse(record.content, options.max_record_bytes)
  } catch {
    const error = new DataError('record_too_large', `body is larger than max_record_bytes (${options.max_record_bytes}) once decoded`)
    return task.quarantine(error, where)
  }
  if (!response) {
    // DNS and FTP responses are records of their own kind; an HTTP one without a status line is damaged.
    if (!/^application\/http/i.test(record.headers.get('content-type') ?? '')) return task.skip('not_http', record.content.length)
    return task.quarantine(new DataError('bad_http', 'the record does not begin with an HTTP status line'), where)
  }
  const { status, headers, body } = response
  const contentType = headers.get('content-type') ?? ''
  if (!htmlTypes.has(payloadType(record.headers.get('warc-identified-payload-type'), contentType, body)))
    return task.skip('not_html', body.length)
  const id = idOf(record, task)
  const doc = new Doc({
    id,
    text: '',
    url: targetOf(record),
    metadata: metadataOf(record, dump, path),
    page: { body, contentType },
    verdict: task.begin(body.length, id),
  })
  if (options.ok_status_only && (status < 200 || status > 299)) task.reject(doc, 'read.status')
  else yield doc
}

/** What the payload is: as identified by the crawler, else as declared by the server, else by its first bytes. */
function payloadType(identified: string | undefined, contentType: string, body: Buffer): string {
  for (const declared of [identified, contentType]) {
    const type = (declared ?? '').split(';', 1)[0]!.trim().toLowerCase()
    if (type && type !== 'application/octet-stream' && type.includes('/')) return type
  }
  const head = body.toString('latin1', 0, 1024).replace(/^(?:\xef\xbb\xbf)?(?:\s|<!--[\s\S]*?-->|<\?xml[^>]*>)*/, '')
  return /^<(?:!doctype\s+html|html|head|body|title|meta|script|style|div|p|h1|table|a|br|b|font)\b/i.test(head) ? 'text/html' : 'unknown'
}

function* textOf(record: WarcRecord, dump: string | undefined, task: Task): Generator<Doc> {
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

async function* readJsonDocs(source: ByteSource, compression: 'none' | 'gzip' | 'zstd', options: ReadOptions, task: Task): Docs {
  for await (const line of readLines(source, compression, options.max_record_bytes)) {
    if (task.full()) return
    const where = { start: line.start, end: line.end }
    if (compression === 'none') task.advance(line.end)
    if (line.kind === 'damage') {
      task.quarantine(new DataError(line.error, line.message), where)
      continue
    }
    if (/^\s*$/.test(line.bytes.toString('latin1', 0, 64))) continue
    let fields: Record<string, unknown>
    try {
      const text = line.bytes.toString('utf8')
      fields = JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text) as Record<string, unknown>
    } catch (error) {
      task.quarantine(new DataError('bad_json', (error as Error).message), where)
      continue
    }
    if (fields === null || typeof fields !== 'object' || Array.isArray(fields)) {
      task.quarantine(new DataError('bad_json', 'the line is not a JSON object'), where)
    } else if (typeof fields[options.text_field] !== 'string') {
      task.quarantine(new DataError('no_text', `the line has no text in "${options.text_field}"`), where)
    } else yield docOf(fields, options, task)
  }
}

async function* readParquetDocs(path: string, options: ReadOptions, task: Task): Docs {
  let file: Awaited<ReturnType<typeof openParquet>>
  try {
    file = await openParquet(path)
  } catch (error) {
    return task.quarantine(damageOf('bad_parquet', error))
  }
  try {
    if (!file.columns.includes(options.text_field)) {
      return task.quarantine(noTextColumn(options, file.columns))
    }
    let row = 0
    const onLoss = ({ from, to, message }: LostRows): void => {
      const where = to === from + 1 ? { row: from } : { row: from, rows: to - from }
      task.quarantine(new DataError('bad_parquet', `cannot be decoded: ${message}`), where)
      row = to
    }
    for await (const rows of file.batches(undefined, onLoss)) {
      for (const values of rows) {
        if (task.full()) return
        yield* docOfRow(values, row++, options, task)
      }
      task.advance((task.input!.bytes * row) / Math.max(1, file.rows))
    }
  } catch (error) {
    task.quarantine(damageOf('bad_parquet', error))
  } finally {
    file.close()
  }
}

async function* readArrowDocs(path: string, options: ReadOptions, task: Task): Docs {
  let row = 0
  let bytes = 0
  try {
    for await (const batch of readArrow(path)) {
      if (row === 0 && !batch.columns.includes(options.text_field)) return task.quarantine(noTextColumn(options, batch.columns))
      for (const values of batch.rows) {
        if (task.full()) return
        yield* docOfRow(values, row++, options, task)
      }
      bytes += batch.bytes
      task.advance(Math.min(bytes, task.input!.bytes))
    }
  } catch (error) {
    task.quarantine(damageOf('bad_arrow', error), { row })
  }
}

function noTextColumn({ text_field }: ReadOptions, columns: readonly string[]): DataError {
  const hint = columns.length > 12 ? `${columns.slice(0, 12).join(', ')}, …` : columns.join(', ')
  return new DataError(
    'no_text_column',
    `no column "${text_field}" for the text (columns: ${hint}); name one with --set read.text_field=COLUMN`,
  )
}

function* docOfRow(values: Row, row: number, options: ReadOptions, task: Task): Generator<Doc> {
  const fields = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, toJson(value)]))
  if (typeof fields[options.text_field] === 'string') yield docOf(fields, options, task)
  else task.quarantine(new DataError('no_text', `the row has no text in "${options.text_field}"`), { row })
}

/** A file that cannot be decoded is damage in the data; a disk that cannot be read is none. */
function damageOf(kind: 'bad_parquet' | 'bad_arrow', error: unknown): DataError {
  const { message, code } = error as NodeJS.ErrnoException
  if (code && /^E[A-Z]+$/.test(code)) throw error
  return new DataError(kind, message)
}

function docOf(fields: Record<string, unknown>, options: ReadOptions, task: Task): Doc {
  const { [options.text_field]: text, [options.id_field]: id, [options.url_field]: url, ...metadata } = fields
  const name = id === undefined || id === null ? fallbackId(task) : typeof id === 'object' ? JSON.stringify(id) : String(id)
  return new Doc({
    id: name,
    text: text as string,
    url: typeof url === 'string' ? url : '',
    metadata: { file_path: task.input!.path, ...metadata },
    verdict: task.begin(Buffer.byteLength(text as string), name),
  })
}

const idOf = (record: WarcRecord, task: Task): string => record.headers.get('warc-record-id') ?? fallbackId(task)
const fallbackId = (task: Task): string => `${task.input!.path}/${task.documents}`
