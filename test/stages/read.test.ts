import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, test } from 'vitest'
import { createParquet } from '../../src/formats/parquet_writer.ts'
import { loadZstd } from '../../src/formats/zstd.ts'
import { fileWith, htmlResponse, jsonLines, members, parquetRows, runHere, temporaryFolder, warcRecord } from '../support.ts'

const dir = temporaryFolder()
const zstd = await loadZstd()
let runs = 0

/** Rows of `data/` and entries of `errors/`, shard by shard, and the manifest's records. */
async function read(inputs: string[], options = '{}', flags = {}) {
  const pipeline = fileWith(dir, `p${runs}.yaml`, `name: read\nsteps:\n  - read: ${options}\n  - extract_html\n  - write\n`)
  const out = join(dir, `run${runs++}`)
  const { manifest } = await runHere(pipeline, inputs, out, flags)
  const shards = manifest.inputs.map((_, i) => String(i).padStart(5, '0'))
  const rows = await Promise.all(shards.map((shard) => parquetRows(join(out, `data/${shard}.parquet`))))
  const errors = shards.map((shard) => jsonLines(readFileSync(join(out, `errors/${shard}.jsonl`), 'utf8')))
  return { rows, errors, records: manifest.records }
}

const sentence = (n: number): string =>
  `Document number ${n} is about the long walk that we took along the river, and about what there was to see on the way.`
const page = (n: number): string => `<html><body><p>${sentence(n)}</p></body></html>`
const info = warcRecord('warcinfo', 'software: test\r\nisPartOf: CC-MAIN-2025-20\r\n', { 'Content-Type': 'application/warc-fields' })

describe('all formats in one run, told apart by what they hold', () => {
  let result: Awaited<ReturnType<typeof read>>
  const path: Record<string, string> = {}

  beforeAll(async () => {
    // Names say nothing, or lie.
    path.warc = fileWith(dir, '0.jsonl', Buffer.concat([info, htmlResponse('a', page(0))]))
    path.warcGz = fileWith(dir, '1.parquet', members([htmlResponse('b', page(1))]).bytes)
    const wet = warcRecord('conversion', sentence(2), {
      'WARC-Record-ID': '<urn:uuid:c>',
      'WARC-Target-URI': 'https://example.org/c',
      'WARC-Date': '2025-05-13T00:00:00Z',
      'Content-Type': 'text/plain',
    })
    path.wet = fileWith(dir, '2.dat', members([info, wet]).bytes)
    path.parquet = join(dir, '3')
    const table = await createParquet(path.parquet, {
      columns: [
        { name: 'text', type: 'string', nullable: true },
        { name: 'id', type: 'string', nullable: false },
        { name: 'dump', type: 'string', nullable: true },
        { name: 'url', type: 'string', nullable: true },
        { name: 'language', type: 'string', nullable: true },
        { name: 'language_score', type: 'double', nullable: true },
        { name: 'token_count', type: 'int64', nullable: true },
        { name: 'views', type: 'int64', nullable: true },
      ],
      metadata: {},
      level: 1,
      groupBytes: 1 << 20,
      groupRows: 1,
    })
    table.write([sentence(3), 'd', 'CC-MAIN-2024-10', 'https://example.org/d', 'en', 0.75, 25, 7])
    table.write([null, 'no text', null, null, null, null, null, null])
    table.write([sentence(33), 'dd', null, null, null, null, null, null])
    await table.close()
    const lines = (n: number): string =>
      `${JSON.stringify({ id: `j${n}`, text: sentence(n), url: `https://example.org/j${n}`, date: '2020', source: { name: 'x', n } })}\n`
    path.jsonl = fileWith(dir, '4.warc', `\ufeff${lines(4)}\r\n${lines(44)}`)
    path.jsonlGz = fileWith(dir, '5.txt', gzipSync(lines(5)))
    path.jsonlZst = fileWith(dir, '6.gz', zstd.compress(Buffer.from(JSON.stringify({ text: sentence(6) })), 3))
    result = await read(Object.values(path))
  })

  const row = (n: number, id: string, file: string, more = {}) => ({
    text: sentence(n),
    id,
    dump: null,
    url: `https://example.org/${id}`,
    date: null,
    file_path: file,
    language: null,
    language_score: null,
    token_count: null,
    metadata: null,
    ...more,
  })
  const urn = (id: string) => ({ id: `<urn:uuid:${id}>`, url: `https://example.org/${id}` })

  test('WARC, plain and gzipped', () => {
    expect(result.rows[0]).toEqual([row(0, 'a', path.warc!, { ...urn('a'), dump: 'CC-MAIN-2025-20', date: '2025-05-12T00:00:00Z' })])
    expect(result.rows[1]).toEqual([row(1, 'b', path.warcGz!, { ...urn('b'), date: '2025-05-12T00:00:00Z' })])
  })

  test('WET', () => {
    expect(result.rows[2]).toEqual([row(2, 'c', path.wet!, { ...urn('c'), dump: 'CC-MAIN-2025-20', date: '2025-05-13T00:00:00Z' })])
  })

  test("Parquet: FineWeb's columns stay columns, others go to metadata, rows without text are errors", () => {
    expect(result.rows[3]).toEqual([
      row(3, 'd', path.parquet!, {
        dump: 'CC-MAIN-2024-10',
        language: 'en',
        language_score: 0.75,
        token_count: 25,
        metadata: '{"views":7}',
      }),
      row(33, 'dd', path.parquet!, { url: '', metadata: '{"views":null}' }),
    ])
    expect(result.errors[3]).toEqual([{ kind: 'no_text', file: path.parquet, row: 1, message: 'the row has no text in "text"' }])
  })

  test('JSON Lines: plain, gzip and zstd, with a byte order mark and a blank line; ids where there are none', () => {
    expect(result.rows[4]).toEqual([
      row(4, 'j4', path.jsonl!, { date: '2020', metadata: '{"source":{"name":"x","n":4}}' }),
      row(44, 'j44', path.jsonl!, { date: '2020', metadata: '{"source":{"name":"x","n":44}}' }),
    ])
    expect(result.rows[5]).toEqual([row(5, 'j5', path.jsonlGz!, { date: '2020', metadata: '{"source":{"name":"x","n":5}}' })])
    expect(result.rows[6]).toEqual([row(6, `${basename(path.jsonlZst!)}/0.0`, path.jsonlZst!, { url: '' })])
  })

  test('counts', () => {
    expect(result.records).toEqual({
      read: 10,
      kept: 9,
      removed: {},
      errors: { no_text: 1 },
      non_html: {},
      other: { warcinfo: 2 },
    })
  })
})

describe('what is no document', () => {
  const http = (head: string, body: string | Uint8Array, record: Record<string, string> = {}): Buffer =>
    warcRecord('response', Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\n${head}\r\n\r\n`), Buffer.from(body)]), {
      'WARC-Record-ID': '<urn:uuid:x>',
      'Content-Type': 'application/http; msgtype=response',
      ...record,
    })
  const kept = { kept: 1, removed: {}, errors: {}, non_html: {} }
  const nothing = { kept: 0, removed: {}, errors: {}, non_html: {} }

  test.each([
    ['HTML by its declared type', http('Content-Type: text/html', page(1)), kept],
    ['XHTML', http('Content-Type: application/xhtml+xml; charset=utf-8', page(1)), kept],
    ['HTML by its first bytes', http('Server: x', `\n<!-- c --><!DOCTYPE html>${page(1)}`), kept],
    ['HTML under application/octet-stream', http('Content-Type: application/octet-stream', page(1)), kept],
    [
      'what the crawler identified counts more than what the server said',
      http('Content-Type: text/html', '%PDF-1.4', { 'WARC-Identified-Payload-Type': 'application/pdf' }),
      { ...nothing, non_html: { not_html: 1 } },
    ],
    ['plain text', http('Content-Type: text/plain', 'text'), { ...nothing, non_html: { not_html: 1 } }],
    ['no type and no markup', http('Server: x', 'abc'), { ...nothing, non_html: { not_html: 1 } }],
    [
      'a DNS answer',
      warcRecord('response', '20250512\nexample.org. A 1', { 'Content-Type': 'text/dns' }),
      { ...nothing, non_html: { not_http: 1 } },
    ],
    ['no status line', warcRecord('response', 'junk', { 'Content-Type': 'application/http' }), { ...nothing, errors: { bad_http: 1 } }],
    ['status 404', htmlResponse('x', page(1), { status: '404 Not Found' }), { ...nothing, removed: { 'read.status': 1 } }],
    ['status 301', htmlResponse('x', page(1), { status: '301 Moved' }), { ...nothing, removed: { 'read.status': 1 } }],
    ['no main text', htmlResponse('x', '<nav>Home</nav>'), { ...nothing, removed: { 'extract_html.empty': 1 } }],
    [
      'a body that inflates to more than max_record_bytes',
      http('Content-Type: text/html\r\nContent-Encoding: gzip', gzipSync(Buffer.alloc(200_000, 'a'))),
      { ...nothing, errors: { record_too_large: 1 } },
    ],
    [
      'the same in zstd',
      http('Content-Type: text/html\r\nContent-Encoding: zstd', zstd.compress(Buffer.alloc(200_000, 'a'), 3)),
      { ...nothing, errors: { record_too_large: 1 } },
    ],
    [
      'a WARC record larger than max_record_bytes',
      http('Content-Type: text/html', 'x'.repeat(150_000)),
      { ...nothing, errors: { record_too_large: 1 } },
    ],
  ])('%s', async (_, record, expected) => {
    const { records } = await read([fileWith(dir, `one${runs}`, record)], '{max_record_bytes: 100000}')
    expect(records).toEqual({ read: 1, ...expected, other: {} })
  })

  test('status is not looked at when told so', async () => {
    const file = fileWith(dir, 'status', htmlResponse('x', page(1), { status: '404 Not Found' }))
    expect((await read([file], '{ok_status_only: false}')).records.kept).toBe(1)
  })
})

describe('small and odd files', () => {
  test.each([
    ['empty', '', { read: 0, errors: {} }],
    ['a byte', 'x', { read: 1, errors: { unknown_format: 1 } }],
    ['three bytes', '{}\n', { read: 1, errors: { no_text: 1 } }],
    ['a brace', '{', { read: 1, errors: { bad_json: 1 } }],
    ['a JSON array', '[{"text": "a"}]', { read: 1, errors: { unknown_format: 1 } }],
    ['gzip magic only', Buffer.from([0x1f, 0x8b]), { read: 1, errors: { truncated_member: 1 } }],
    ['an empty gzip', gzipSync(''), { read: 0, errors: {} }],
    ['Parquet magic only', 'PAR1', { read: 1, errors: { bad_parquet: 1 } }],
    ['a line that is no object', '{"text":"a"}\n1\nnull\n[]\n{"text":1}\n{"text":"b"}', { read: 6, errors: { bad_json: 3, no_text: 1 } }],
    ['lines of white space', '{"text":"a"}\n   \n\t\n', { read: 1, errors: {} }],
    [
      'a line longer than max_record_bytes',
      `{"text":"a"}\n{"text":"${'b'.repeat(2000)}"}\n{"text":"c"}`,
      { read: 3, errors: { line_too_long: 1 } },
    ],
  ])('%s', async (_, bytes, { read: n, errors }) => {
    const { records } = await read([fileWith(dir, `odd${runs}`, bytes)], '{max_record_bytes: 1000}')
    expect([records.read, records.errors, records.kept]).toEqual([n, errors, n - Object.values(errors).reduce((a, b) => a + b, 0)])
  })

  test('other names of fields', async () => {
    const file = fileWith(dir, 'fields.jsonl', '{"content":"some text","name":12,"link":"https://example.org/"}\n')
    const { rows } = await read([file], '{text_field: content, id_field: name, url_field: link}')
    expect(rows[0]!.map(({ text, id, url, metadata }) => [text, id, url, metadata])).toEqual([
      ['some text', '12', 'https://example.org/', null],
    ])
  })

  test('a Parquet file without the text column says what it has', async () => {
    const file = join(dir, 'columns.parquet')
    const table = await createParquet(file, {
      columns: [{ name: 'content', type: 'string', nullable: false }],
      metadata: {},
      level: 1,
      groupBytes: 1,
      groupRows: 1,
    })
    table.write(['a'])
    await table.close()
    expect((await read([file])).errors[0]).toEqual([
      {
        kind: 'no_text_column',
        file,
        message: 'no column "text" for the text (columns: content); name one with --set read.text_field=COLUMN',
      },
    ])
  })
})

describe('one damaged byte costs one record', () => {
  const { bytes, starts } = members(Array.from({ length: 100 }, (_, i) => htmlResponse(`r${i}`, page(i))))

  test.each([0, 1, 42, 98, 99])('flipped in record %i of 100', async (damaged) => {
    const broken = Buffer.from(bytes)
    const middle = (starts[damaged]! + starts[damaged + 1]!) >> 1
    broken[middle] = broken[middle]! ^ 0x10
    const file = fileWith(dir, `flipped${damaged}`, broken)
    const { rows, errors, records } = await read([file])
    const others = Array.from({ length: 100 }, (_, i) => `<urn:uuid:r${i}>`).filter((_, i) => i !== damaged)
    expect(rows[0]!.map(({ id }) => id)).toEqual(others)
    expect(errors[0]!.map(({ start, end, file }) => ({ start, end, file }))).toEqual([
      { start: starts[damaged], end: starts[damaged + 1], file },
    ])
    expect([records.read, records.kept]).toEqual([100, 99])
  })

  test.each([1, 9, 100])('a file that lacks its last %i bytes gives all whole records and one error', async (cut) => {
    const { rows, errors } = await read([fileWith(dir, `cut${cut}`, bytes.subarray(0, bytes.length - cut))])
    expect(rows[0]!.length).toBe(99)
    expect(errors[0]!.map(({ kind, start, end }) => [kind, start, end])).toEqual([['truncated_member', starts[99], bytes.length - cut]])
  })

  test('in a JSON line: that line only', async () => {
    const lines = Array.from({ length: 100 }, (_, i) => JSON.stringify({ id: `j${i}`, text: sentence(i) }))
    const text = Buffer.from(lines.join('\n'))
    const at = lines.slice(0, 42).join('\n').length + 1
    text[at] = 'x'.charCodeAt(0)
    const { rows, errors } = await read([fileWith(dir, 'line', text)])
    expect(rows[0]!.length).toBe(99)
    expect(errors[0]!.map(({ kind, start, end }) => [kind, start, end])).toEqual([['bad_json', at, at + lines[42]!.length + 1]])
  })
})

describe('damage in a Parquet file costs the rows of what is damaged, each of them counted', () => {
  /** A copy of a file with the n-th zstd frame made unreadable. */
  const withoutFrame = (path: string, n: number): string => {
    const bytes = readFileSync(path)
    let at = -1
    for (let i = 0; i <= n; i++) at = bytes.indexOf('28b52ffd', at + 1, 'hex')
    bytes.fill(0, at, at + 4)
    return fileWith(dir, `frame${runs}.parquet`, bytes)
  }
  const ids = (...ranges: [number, number][]): string[] =>
    ranges.flatMap(([from, to]) => Array.from({ length: to - from }, (_, i) => `r${from + i}`))

  test('a row group', async () => {
    const path = join(dir, 'groups.parquet')
    const columns = ['text', 'id'].map((name) => ({ name, type: 'string' as const, nullable: false }))
    const table = await createParquet(path, { columns, metadata: {}, level: 1, groupBytes: 1 << 20, groupRows: 100 })
    for (let i = 0; i < 450; i++) table.write([sentence(i), `r${i}`])
    await table.close()
    const { rows, errors, records } = await read([withoutFrame(path, 4)])
    expect(rows[0]!.map(({ id }) => id)).toEqual(ids([0, 200], [300, 450]))
    expect(errors[0]).toMatchObject([{ kind: 'bad_parquet', row: 200, rows: 100 }])
    expect(records).toMatchObject({ read: 450, kept: 350, errors: { bad_parquet: 100 } })
  })

  test('a page, where a row group has many', async () => {
    const path = join(dir, 'pages.parquet')
    const columns = ['text', 'id'].map((name) => ({ name, type: 'string' as const, nullable: false }))
    const table = await createParquet(path, { columns, metadata: {}, level: 1, groupBytes: 1 << 30, groupRows: 10_000 })
    for (let i = 0; i < 600; i++) table.write([`${i} ${sentence(i).repeat(100)}`, `r${i}`])
    await table.close()
    const { rows, errors, records } = await read([withoutFrame(path, 2)])
    expect(rows[0]!.map(({ id }) => id)).toEqual(ids([0, 181], [271, 600]))
    expect(errors[0]).toMatchObject([{ kind: 'bad_parquet', row: 181, rows: 90 }])
    expect(records).toMatchObject({ read: 600, kept: 510, errors: { bad_parquet: 90 } })
  })
})
