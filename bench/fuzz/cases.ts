import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { brotliCompressSync, deflateRawSync, deflateSync, gunzipSync, gzipSync } from 'node:zlib'
import type { Random } from '../../fixtures/random.ts'
import { createParquet } from '../../src/formats/parquet_writer.ts'
import { loadZstd } from '../../src/formats/zstd.ts'
import { type Focus, mutateBytes, mutateJson, mutatePieces } from './mutations.ts'
import type { Expected, Kind } from './outcome.ts'

export interface Case extends Expected {
  bytes: Buffer
  extension: string
}

/** Makes cases of one kind: the same choices give the same case. */
export type CaseMaker = (random: Random) => Case

/** Seeds are files of the repository, and of `folders` where there are such. */
export async function caseMaker(kind: Kind, folders: readonly string[]): Promise<CaseMaker> {
  const zstd = await loadZstd()
  const compressors: Record<string, (bytes: Buffer) => Buffer> = {
    gzip: (bytes) => gzipSync(bytes),
    'x-gzip': (bytes) => gzipSync(bytes),
    deflate: (bytes) => (bytes.length % 2 === 0 ? deflateSync(bytes) : deflateRawSync(bytes)),
    br: (bytes) => brotliCompressSync(bytes, { params: { 1: 4 } }),
    zstd: (bytes) => Buffer.from(zstd.compress(bytes, 3)),
  }
  switch (kind) {
    case 'html': {
      const pages = records(folders).flatMap(({ http }) => (http ? [http.body.toString('utf8')] : []))
      return (random) => ({ bytes: Buffer.from(mutateHtml(random, pages)), extension: 'html' })
    }
    case 'warc':
      return warcCases(records(folders), compressors)
    case 'jsonl':
      return jsonCases(files(folders, ['.jsonl']), compressors)
    case 'parquet':
      return byteCases([...(await ownParquet()), ...files(folders, ['.parquet'])], parquetFocus)
    case 'arrow':
      return byteCases(files(['test/formats/arrow', ...folders], ['.arrow', '.arrows']), arrowFocus)
    case 'model':
      return modelCases()
    case 'yaml':
      return yamlCases(files(['pipelines', ...folders], ['.yaml']))
    case 'results':
      return jsonFileCases(files(['test/experiments', ...folders], ['.json'], /results/))
    case 'sample':
      return jsonFileCases(files(['fixtures/formats', ...folders], ['.json'], /sample.*manifest/))
  }
}

interface SeedFile {
  bytes: Buffer
  extension: string
}

/** Small files below folders by their extension. */
function files(folders: readonly string[], extensions: readonly string[], name = /./): SeedFile[] {
  return folders.filter(existsSync).flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((path) => join(folder, path))
      .filter((path) => extensions.includes(extname(path)) && name.test(path) && statSync(path).size < 200_000)
      .sort()
      .map((path) => ({ bytes: readFileSync(path), extension: extname(path).slice(1) })),
  )
}

function byteCases(seeds: readonly SeedFile[], focusOf: (bytes: Buffer) => Focus): CaseMaker {
  return (random) => {
    const { bytes, extension } = random.pick(seeds)
    return { bytes: mutateBytes(random, bytes, { other: random.pick(seeds).bytes, focus: focusOf(bytes) }), extension }
  }
}

/** The footer, and what seem to be headers of pages: they follow the magic bytes, and one another. */
function parquetFocus(bytes: Buffer): Focus {
  if (bytes.length < 12) return []
  const footer = bytes.length - 8 - bytes.readUInt32LE(bytes.length - 8)
  const pages: [number, number][] = []
  for (let at = bytes.indexOf('\x15', 4, 'latin1'); at >= 0 && at < footer; at = bytes.indexOf('\x15', at + 32, 'latin1'))
    pages.push([at, at + 24])
  return [[Math.max(0, footer), bytes.length - 8], [bytes.length - 8, bytes.length], ...pages]
}

/** The metadata of messages. */
function arrowFocus(bytes: Buffer): Focus {
  const metadata: [number, number][] = []
  const mark = Buffer.from([0xff, 0xff, 0xff, 0xff])
  for (let at = bytes.indexOf(mark); at >= 0 && at + 8 < bytes.length; at = bytes.indexOf(mark, at + 8))
    metadata.push([at, Math.min(bytes.length, at + 8 + Math.min(4096, bytes.readUInt32LE(at + 4)))])
  return metadata
}

async function ownParquet(): Promise<SeedFile[]> {
  const folder = mkdtempSync(join(tmpdir(), 'decant-fuzz-'))
  const path = join(folder, 'seed.parquet')
  const columns = [
    { name: 'text', type: 'string', nullable: true },
    { name: 'id', type: 'string', nullable: false },
    { name: 'score', type: 'double', nullable: true },
    { name: 'tokens', type: 'int64', nullable: true },
    { name: 'year', type: 'int32', nullable: false },
  ] as const
  const table = await createParquet(path, { columns, metadata: { a: 'b' }, level: 1, groupBytes: 4000, groupRows: 60 })
  for (let i = 0; i < 200; i++)
    table.write([i % 7 === 0 ? null : `text ${i} `.repeat(i % 9), `id-${i % 50}`, i % 3 === 0 ? null : i / 7, i % 5, 2000 + i])
  await table.close()
  const bytes = readFileSync(path)
  rmSync(folder, { recursive: true })
  return [{ bytes, extension: 'parquet' }]
}

function modelCases(): CaseMaker {
  const seeds = files(['fixtures/models'], ['.bin', '.ftz', '.trie', '.probing', '.arpa', '.model', '.npy', '.json'])
  const lines = (bytes: Buffer): string[] => bytes.toString('utf8').split(/(?<=\n)/)
  return (random) => {
    const { bytes, extension } = random.pick(seeds)
    const other = random.pick(seeds).bytes
    if (extension === 'json' && random.next() < 0.8)
      return { bytes: Buffer.from(mutateJson(random, JSON.parse(bytes.toString('utf8')))), extension }
    if (extension === 'arpa' && random.next() < 0.5)
      return {
        bytes: Buffer.from(mutatePieces(random, lines(bytes), ['\\2-grams:\n', 'ngram 2=5\n', '-1\ta b\t0\n', '\n'], []).join('')),
        extension,
      }
    return {
      bytes: mutateBytes(random, bytes, {
        other,
        focus: [
          [0, 16],
          [0, 256],
          [bytes.length - 256, bytes.length],
        ],
      }),
      extension,
    }
  }
}

function jsonFileCases(seeds: readonly SeedFile[]): CaseMaker {
  const values = seeds.flatMap(({ bytes }) => {
    try {
      return [JSON.parse(bytes.toString('utf8')) as unknown]
    } catch {
      return []
    }
  })
  return (random) => ({ bytes: Buffer.from(mutateJson(random, random.pick(values))), extension: 'json' })
}

const yamlTokens = [
  ...[
    '- include: fineweb.yaml\n',
    '- include: case.yaml\n',
    '- read\n',
    '- write\n',
    '- extract_html\n',
    '- exact_dedup\n',
    '- minhash_dedup: {buckets: 0}\n',
  ],
  ...[
    '&a',
    '*a',
    '<<: *a',
    '- &b [*b]\n',
    '!!js/function x',
    '!!binary x',
    '---\n',
    '...\n',
    '{',
    '}',
    '[',
    ']',
    ': ',
    '? ',
    '| \n',
    '>\n',
    '"',
    "'",
    '#',
    '\t',
  ],
  ...[
    '.nan',
    '.inf',
    '-1',
    '1e999',
    '0x1p3',
    'null',
    '~',
    '__proto__',
    'constructor: 1\n',
    '$a',
    '$$',
    '{parameter: a, off: b}',
    'min: 5\n',
    'as: x\n',
  ],
  ...['steps:\n', 'name: x\n', 'parameters: p.yaml\n', '\u2028', '\0', '\u{1f600}', '99999999999999999999', '(a+)+$', '[[[[[[[[[['],
]

function yamlCases(seeds: readonly SeedFile[]): CaseMaker {
  const pieces = seeds.map(({ bytes }) => bytes.toString('utf8').split(/(?<=[\s:,[\]{}])/))
  return (random) => {
    const mutated = mutatePieces(random, random.pick(pieces), yamlTokens, random.pick(pieces)).join('')
    const text = random.next() < 0.2 ? mutateBytes(random, Buffer.from(mutated), { tokens: yamlTokens }) : Buffer.from(mutated)
    return { bytes: text, extension: 'yaml' }
  }
}

type Compressors = Record<string, (bytes: Buffer) => Buffer>

function jsonCases(seeds: readonly SeedFile[], compressors: Compressors): CaseMaker {
  const own = Array.from({ length: 30 }, (_, i) => ({
    id: i,
    text: `text ${i}`,
    url: `https://example.org/${i}`,
    n: 2 ** 60 + i,
    meta: { a: [i] },
  }))
  const lines = [...own, ...seeds.flatMap(({ bytes }) => objectsIn(bytes).slice(0, 20))]
  return (random) => {
    const count = random.int(1, 12)
    const made = Array.from({ length: count }, () =>
      random.next() < 0.5 ? mutateJson(random, random.pick(lines)) : JSON.stringify(random.pick(lines)),
    )
    const end = random.pick(['\n', '\n', '\r\n', '\n\n', '\n \t\n'])
    let bytes: Buffer = Buffer.from(made.join(end) + random.pick(['', end]))
    if (random.next() < 0.3) bytes = mutateBytes(random, bytes)
    const records = linesIn(bytes)
    const packed = random.pick(['none', 'none', 'gzip', 'zstd'])
    if (packed === 'none') return { bytes, extension: 'jsonl', ...(looksLikeJson(bytes) ? { records } : {}) }
    const compress = compressors[packed]!
    const cut = random.int(0, bytes.length)
    const members = random.next() < 0.5 ? [bytes] : [bytes.subarray(0, cut), bytes.subarray(cut)]
    const stored = Buffer.concat(members.map((member) => compress(member)))
    const extension = packed === 'gzip' ? 'jsonl.gz' : 'jsonl.zst'
    if (random.next() < 0.4) return { bytes: stored, extension, ...(looksLikeJson(bytes) ? { records } : {}) }
    return {
      bytes: mutateBytes(random, stored, {
        focus: [
          [0, 24],
          [stored.length - 12, stored.length],
        ],
      }),
      extension,
    }
  }
}

const looksLikeJson = (bytes: Buffer): boolean => /^\ufeff?\s*\{/.test(bytes.toString('utf8', 0, 512))

/** Lines that hold more than white space. */
const linesIn = (bytes: Buffer): number =>
  bytes
    .toString('latin1')
    .split('\n')
    .filter((line) => line !== '' && !/^\s*$/.test(line.slice(0, 64))).length

function objectsIn(bytes: Buffer): object[] {
  return bytes
    .toString('utf8')
    .split('\n')
    .flatMap((line) => {
      try {
        return [JSON.parse(line) as object]
      } catch {
        return []
      }
    })
}

interface StoredRecord {
  head: string
  type: string
  id: string
  content: Buffer
  http?: { head: string; body: Buffer }
}

/** Records of the fixture crawl, and of the smallest WARC file in each folder. */
function records(folders: readonly string[]): StoredRecord[] {
  const named = (folder: string): string[] =>
    existsSync(folder)
      ? readdirSync(folder, { recursive: true, encoding: 'utf8' })
          .map((path) => join(folder, path))
          .filter((path) => path.endsWith('.warc.gz') && statSync(path).size < 5e6)
          .sort((a, b) => statSync(a).size - statSync(b).size)
      : []
  const paths = ['fixtures/crawl/CC-MAIN-20250512-00000.warc.gz', ...folders.flatMap(named)]
  return paths.flatMap((path) => recordsIn(readFileSync(path))).filter(({ content }) => content.length < 80_000)
}

function recordsIn(stored: Buffer): StoredRecord[] {
  let bytes: Buffer
  try {
    bytes = gunzipSync(stored)
  } catch {
    return []
  }
  const found: StoredRecord[] = []
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf('\r\n\r\n', at)
    const head = bytes.toString('latin1', at, end)
    const length = /content-length: *(\d+)/i.exec(head)?.[1]
    if (end < 0 || length === undefined || !head.startsWith('WARC/')) return found
    const content = bytes.subarray(end + 4, end + 4 + Number(length))
    const httpEnd = content.indexOf('\r\n\r\n')
    const type = /^warc-type: *(\S+)/im.exec(head)?.[1] ?? ''
    const id = /^warc-record-id: *(\S+)/im.exec(head)?.[1] ?? ''
    const http = type === 'response' && httpEnd > 0 && /^content-type: *text\/html/im.test(content.toString('latin1', 0, httpEnd))
    found.push({
      ...{ head, type, id, content },
      ...(http ? { http: { head: content.toString('latin1', 0, httpEnd), body: content.subarray(httpEnd + 4) } } : {}),
    })
    at = end + 4 + Number(length)
    while (bytes[at] === 13 || bytes[at] === 10) at++
  }
  return found
}

const httpTokens = [
  ...[
    'Content-Encoding: gzip\r\n',
    'Content-Encoding: br, gzip\r\n',
    'Transfer-Encoding: chunked\r\n',
    'Transfer-Encoding: gzip, chunked\r\n',
  ],
  ...[
    'Content-Type: text/html; charset=utf-16\r\n',
    'Content-Type: "text/html"\r\n',
    'Content-Type:\r\n',
    'Content-Length: -1\r\n',
    ' folded\r\n',
  ],
  ...[
    'HTTP/1.1 100 Continue\r\n\r\n',
    'HTTP/1.1 200 OK\r\n',
    '\r\n',
    ':\r\n',
    'A: \0\r\n',
    'Content-Type: text/html; charset=iso-2022-jp\r\n',
  ],
  ...[
    'Content-Type: text/html; charset=x-user-defined\r\n',
    'Content-Encoding: zstd\r\n',
    'Content-Encoding: deflate\r\n',
    'Content-Type: application/xhtml+xml\r\n',
  ],
]
const warcTokens = [
  ...[
    'WARC-Type: response\r\n',
    'WARC-Type: conversion\r\n',
    'WARC-Type: resource\r\n',
    'WARC-Type: revisit\r\n',
    'Content-Length: 99999999999\r\n',
  ],
  ...[
    'Content-Length: 0\r\n',
    'WARC/1.1\r\n',
    'Content-Type: text/plain\r\n',
    '\r\n\r\n',
    ' folded\r\n',
    'WARC-Truncated: length\r\n',
    ':\r\n',
  ],
  'WARC-Identified-Payload-Type: text/html\r\n',
]

function warcCases(seeds: readonly StoredRecord[], compressors: Compressors): CaseMaker {
  const pages = seeds.flatMap(({ http }) => (http ? [http.body.toString('utf8')] : []))
  const withPages = seeds.filter(({ http }) => http)
  const lines = (head: string): string[] => head.split(/(?<=\r\n)/)
  return (random) => {
    const container = random.pick(['gzip', 'gzip', 'gzip', 'zstd', 'none'])
    const pack = container === 'none' ? (bytes: Buffer): Buffer => bytes : compressors[container]!
    const others = [random.pick(withPages), random.pick(seeds)]
    const stored = [pack(recordBytes(others[0]!)), pack(victim()), pack(recordBytes(others[1]!))]
    const harmed = random.next() < 0.25
    if (harmed)
      stored[1] = mutateBytes(random, stored[1]!, {
        other: stored[0]!,
        focus: [
          [0, 24],
          [stored[1]!.length - 12, stored[1]!.length],
        ],
      })
    // In a plain file, a wrong length may swallow what follows.
    const intact = container === 'none' || (harmed && container === 'zstd') ? [] : others.filter(({ http }) => http).map(({ id }) => id)
    const extension = container === 'gzip' ? 'warc.gz' : container === 'zstd' ? 'warc.zst' : 'warc'
    return { bytes: Buffer.concat(stored), extension, intact }

    function victim(): Buffer {
      const { head, http, content } = random.pick(withPages)
      const kind = random.int(0, 4)
      let httpHead = http!.head
      let body: Buffer = http!.body
      if (kind === 0) body = Buffer.from(mutateHtml(random, pages))
      if (kind === 1 || kind === 2)
        httpHead = mutatePieces(random, lines(`${httpHead}\r\n`), httpTokens, [])
          .join('')
          .trimEnd()
      if (kind === 2 || kind === 3) {
        const codings = Array.from({ length: random.int(1, 3) }, () => random.pick(Object.keys(compressors)))
        for (const coding of codings) body = compressors[coding]!(body)
        if (random.next() < 0.5)
          body = mutateBytes(random, body, {
            focus: [
              [0, 12],
              [body.length - 12, body.length],
            ],
          })
        httpHead += `\r\nContent-Encoding: ${codings.join(', ')}`
        if (random.next() < 0.5) {
          body = chunked(random, body)
          httpHead += '\r\nTransfer-Encoding: chunked'
        }
      }
      if (kind === 4 && random.next() < 0.5) return mutateBytes(random, recordBytes({ head, content }), { tokens: warcTokens })
      const whole = Buffer.concat([Buffer.from(`${httpHead}\r\n\r\n`, 'latin1'), body])
      const warcHead =
        kind === 4
          ? mutatePieces(random, lines(`${head}\r\n`), warcTokens, [])
              .join('')
              .trimEnd()
          : head
      return recordBytes({
        head: random.next() < 0.9 ? warcHead.replace(/content-length: *\d+/i, `Content-Length: ${whole.length}`) : warcHead,
        content: whole,
      })
    }
  }
}

const recordBytes = ({ head, content }: Pick<StoredRecord, 'head' | 'content'>): Buffer =>
  Buffer.concat([Buffer.from(`${head}\r\n\r\n`, 'latin1'), content, Buffer.from('\r\n\r\n')])

function chunked(random: Random, body: Buffer): Buffer {
  const parts: Buffer[] = []
  for (let at = 0; at < body.length; ) {
    const size = random.int(1, random.pick([10, 1000, 100_000]))
    const piece = body.subarray(at, at + size)
    const line = random.pick([
      (n: number) => n.toString(16),
      (n: number) => `000${n.toString(16)} ;x=y`,
      (n: number) => n.toString(16).toUpperCase(),
    ])
    parts.push(Buffer.from(`${line(random.next() < 0.02 ? piece.length + 1 : piece.length)}\r\n`), piece, Buffer.from('\r\n'))
    at += size
  }
  return Buffer.concat([...parts, Buffer.from(random.pick(['0\r\n\r\n', '', '0', '0\r\nA: b\r\n\r\n']))])
}

const htmlTokens = [
  ...[
    '<',
    '>',
    '"',
    "'",
    '<!--',
    '-->',
    '--!>',
    '<![CDATA[',
    ']]>',
    '<script>',
    '</script>',
    '<style>',
    '<title>',
    '</title>',
    '<plaintext>',
    '<xmp>',
  ],
  ...[
    '<table><tr>',
    '<td>',
    '</table>',
    '<caption>',
    '<col>',
    '<svg>',
    '<math>',
    '<mi>',
    '<foreignObject>',
    '<annotation-xml encoding="text/html">',
    '<desc>',
  ],
  ...[
    '<template>',
    '<template shadowrootmode=open>',
    '<noscript>',
    '<select>',
    '<option>',
    '<iframe>',
    '<object>',
    '<video>',
    '<textarea>',
    '<noframes>',
  ],
  ...[
    '</body>',
    '<body>',
    '</html>',
    '<head>',
    '<base href="//x">',
    '<a href=x>',
    '<ruby>',
    '<rt>',
    '<rp>',
    '<li>',
    '<ol start=9 reversed>',
    '<dl><dd>',
    '<pre>\n',
  ],
  ...[
    '<p hidden>',
    '<p style="display:none">',
    '<details>',
    '<img alt="x + y" class=tex>',
    '<script type="math/tex">',
    '\\(x\\)',
    '$$',
    '<br>',
    '<wbr>',
    '<hr>',
  ],
  ...[
    '&#x110000;',
    '&#0;',
    '&#xd800;',
    '&amp',
    '&;',
    '&notit;',
    '\0',
    '\ud800',
    '\udc00',
    '\ufeff',
    '\u2028',
    '\u{1f600}',
    '\r',
    '\v',
    '\u0085',
    '\u00ad',
    '=',
    '/',
    '<p/',
    '</p',
  ],
  ...[
    '<meta charset=utf-16>',
    '<meta http-equiv=content-type content="text/html; charset=big5">',
    '<?xml version="1.0" encoding="utf-8"?>',
    '<!DOCTYPE html [',
    'a=b ',
  ],
]

function mutateHtml(random: Random, pages: readonly string[]): string {
  const pieces = (page: string): string[] => page.match(/<[^>]*>?|[^<]+/g) ?? ['']
  const page = random.pick(pages)
  const whole = pieces(page)
  const start = random.next() < 0.3 ? 0 : random.int(0, whole.length - 1)
  return mutatePieces(
    random,
    whole.slice(start, start + random.pick([20, 200, 2000])),
    htmlTokens,
    pieces(random.pick(pages).slice(0, 20_000)),
  ).join('')
}
