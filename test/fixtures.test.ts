import { readdirSync, readFileSync } from 'node:fs'
import { brotliDecompressSync, gunzipSync, inflateRawSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { generate, type Truth } from '../fixtures/generate.ts'

const folder = new URL('../fixtures/crawl/', import.meta.url)
const header = Buffer.from([0x1f, 0x8b, 0x08])

interface Walk {
  records: string[]
  corrupt: number
  truncated: number
}

/** The records of a file with one gzip member each, as latin-1 text. Members that cannot be read are counted and passed over. */
function walk(bytes: Buffer): Walk {
  const records: string[] = []
  const bad = { corrupt: 0, truncated: 0 }
  for (let start = 0; start < bytes.length; ) {
    const member = inflate(bytes, start)
    if ('record' in member) records.push(member.record)
    else bad[member.bad]++
    start = 'record' in member ? member.end : next(bytes, start + 1)
  }
  return { records, ...bad }
}

function inflate(bytes: Buffer, start: number): { record: string; end: number } | { bad: 'corrupt' | 'truncated' } {
  try {
    // Ten bytes of header: our members carry no name and no extra field. Eight bytes of check sum and length follow the data.
    const { buffer, engine } = inflateRawSync(bytes.subarray(start + 10), { info: true }) as unknown as {
      buffer: Buffer
      engine: { bytesWritten: number }
    }
    const end = start + 10 + engine.bytesWritten + 8
    gunzipSync(bytes.subarray(start, end))
    return { record: buffer.toString('latin1'), end }
  } catch (error) {
    return { bad: (error as NodeJS.ErrnoException).code === 'Z_BUF_ERROR' ? 'truncated' : 'corrupt' }
  }
}

/** Where the next member that holds a record begins. */
function next(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(header, from); at >= 0; at = bytes.indexOf(header, at + 1)) {
    const member = inflate(bytes, at)
    if ('record' in member && member.record.startsWith('WARC/')) return at
  }
  return bytes.length
}

const field = (record: string, name: string): string => new RegExp(`^${name}: (.*)\r$`, 'm').exec(record)?.[1] ?? ''
const type = (record: string): string => field(record, 'WARC-Type')

function tally(items: string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const item of items) counts[item] = (counts[item] ?? 0) + 1
  return counts
}

const names = readdirSync(folder).filter((name) => name.endsWith('.warc.gz'))
const walks = names.map((name) => walk(readFileSync(new URL(name, folder))))
const truth: Truth[] = readFileSync(new URL('../truth.jsonl', folder), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line))
const records = walks.flatMap((one) => one.records)
const responses = records.filter((record) => type(record) === 'response')

describe('fixtures', () => {
  it('has one corrupt member and one truncated file', () => {
    expect(walks.map(({ corrupt }) => corrupt).sort()).toEqual([0, 0, 0, 0, 1])
    expect(walks.map(({ truncated }) => truncated)).toEqual([0, 0, 0, 0, 1])
  })

  it('has a warcinfo a file, and request, response and metadata a page', () => {
    expect(tally(records.map(type))).toEqual({ warcinfo: 5, request: truth.length, response: truth.length - 2, metadata: truth.length - 1 })
    for (const { records: own } of walks) expect(own[0]).toContain('\r\nisPartOf: DECANT-FIXTURE-2025-20\r\n')
  })

  it('frames every record by its length and two line ends', () => {
    for (const record of records) {
      const block = record.slice(record.indexOf('\r\n\r\n') + 4)
      expect(block.length).toBe(Number(field(record, 'Content-Length')) + 4)
      expect(block.endsWith('\r\n\r\n')).toBe(true)
    }
  })

  it('knows every page', () => {
    const known = truth.filter(({ category }) => category !== 'corrupt' && category !== 'truncated')
    expect(responses.map((record) => `${field(record, 'WARC-Record-ID')} ${field(record, 'WARC-Target-URI')}`)).toEqual(
      known.map(({ id, url }) => `${id} ${url}`),
    )
    expect(new Set(truth.map(({ id }) => id)).size).toBe(truth.length)
    expect(new Set(truth.map(({ url }) => url)).size).toBe(truth.length)
  })

  it('has the stated pages', () => {
    expect(tally(truth.map(({ category }) => category))).toEqual({
      article: 213,
      boilerplate: 12,
      charset: 16,
      code: 10,
      corrupt: 1,
      exact_duplicate: 12,
      json: 4,
      link_list: 14,
      lorem_ipsum: 8,
      malformed: 8,
      near_duplicate: 12,
      not_found: 5,
      pdf: 3,
      personal_data: 10,
      png: 3,
      policy_lines: 8,
      redirect: 5,
      repeated_lines: 12,
      rss: 4,
      short: 20,
      spam: 14,
      truncated: 1,
      url_words: 10,
    })
    expect(tally(truth.map(({ language }) => language))).toEqual({
      '': 14,
      ar: 13,
      de: 22,
      en: 203,
      es: 20,
      fr: 21,
      it: 17,
      ja: 16,
      ko: 5,
      nl: 13,
      pl: 14,
      pt: 14,
      ru: 18,
      zh: 15,
    })
  })

  it('has the stated kinds of response', () => {
    const html = responses.filter((record) => /\r\n\r\nHTTP\/1\.1 200 OK\r\n(.+\r\n)*?Content-Type: text\/html/.test(record))
    expect(tally(responses.map((record) => /\r\n\r\nHTTP\/1\.1 (\d+)/.exec(record)![1]!))).toEqual({
      '200': 393,
      '301': 5,
      '404': 5,
    })
    expect(tally(responses.map((record) => field(record, 'Content-Encoding') + field(record, 'Transfer-Encoding')))).toEqual({
      '': 393,
      br: 3,
      chunked: 3,
      gzip: 3,
      gzipchunked: 1,
    })
    expect(tally(responses.map((record) => field(record, 'WARC-Identified-Payload-Type')))).toEqual({
      '': 5,
      'application/json': 4,
      'application/pdf': 3,
      'application/rss+xml': 4,
      'image/png': 3,
      'text/html': 384,
    })
    expect(html.length).toBe(379)
  })

  it('comes out of the generator again', () => {
    const made = generate()
    expect(made.map(({ name }) => name)).toEqual([...names.map((name) => `crawl/${name}`), 'truth.jsonl'])
    expect(Buffer.from(made.at(-1)!.bytes).toString()).toBe(readFileSync(new URL('../truth.jsonl', folder), 'utf8'))
    made.slice(0, -1).forEach(({ bytes }, i) => {
      expect(walk(Buffer.from(bytes)).records.map(withoutCompression)).toEqual(walks[i]!.records.map(withoutCompression))
    })
  })
})

/** Another build of zlib or brotli may pack a body differently: compare what it holds, and leave out its lengths and digests. */
function withoutCompression(record: string): string {
  const encoding = field(record, 'Content-Encoding')
  if (encoding === '') return record
  const block = record.slice(record.indexOf('\r\n\r\n') + 4, -4)
  const sent = block.slice(block.indexOf('\r\n\r\n') + 4)
  const body = Buffer.from(field(record, 'Transfer-Encoding') === 'chunked' ? dechunk(sent) : sent, 'latin1')
  return `${field(record, 'WARC-Record-ID')} ${encoding === 'br' ? brotliDecompressSync(body) : gunzipSync(body)}`
}

// "3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n" → "hello"
function dechunk(sent: string): string {
  let body = ''
  for (let at = 0; ; ) {
    const data = sent.indexOf('\r\n', at) + 2
    const size = Number.parseInt(sent.slice(at, data), 16)
    if (size === 0) return body
    body += sent.slice(data, data + size)
    at = data + size + 2
  }
}
