import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { dechunk, parseHttpResponse } from '../../src/formats/http.ts'
import { loadZstd } from '../../src/formats/zstd.ts'

const page = Buffer.from('<p>Some page, long enough to be worth packing. '.repeat(20))
const zstd = await loadZstd()
const response = (headers: string, body: Uint8Array): Buffer => Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\n${headers}\r\n\r\n`), body])
const chunked = (body: Buffer, size: number): Buffer => {
  const parts: Buffer[] = []
  for (let at = 0; at < body.length; at += size) {
    const part = body.subarray(at, at + size)
    parts.push(Buffer.from(`${part.length.toString(16)};ext=1\r\n`), part, Buffer.from('\r\n'))
  }
  return Buffer.concat([...parts, Buffer.from('0\r\nTrailer: x\r\n\r\n')])
}

test('status, headers and body', () => {
  const parsed = parseHttpResponse(Buffer.from('HTTP/1.0 404 Not Found\nContent-Type: text/html\nX: a\n b\n\nbody'), 1e6)
  expect([parsed?.status, parsed?.headers.get('content-type'), parsed?.headers.get('x'), parsed?.body.toString()]).toEqual([
    404,
    'text/html',
    'a b',
    'body',
  ])
})

test.each(['', 'GET / HTTP/1.1\r\n\r\n', '<html>'])('%j is no response', (text) => {
  expect(parseHttpResponse(Buffer.from(text), 1e6)).toBeUndefined()
})

describe('encodings', () => {
  test.each([
    ['gzip', gzipSync(page)],
    ['x-gzip', gzipSync(page)],
    ['deflate', deflateSync(page)],
    ['deflate', deflateRawSync(page)],
    ['deflate', gzipSync(page)],
    ['gzip', deflateSync(page)],
    ['br', brotliCompressSync(page)],
    ['zstd', zstd.compress(page, 3)],
    ['identity', page],
    ['gzip, br', brotliCompressSync(gzipSync(page))],
    ['gzip', page], // says gzip and is not, as when the crawler has decoded it already
  ])('%s', (encoding, body) => {
    expect(parseHttpResponse(response(`Content-Encoding: ${encoding}`, body), 1e6)?.body.equals(page)).toBe(true)
  })

  test('a body cut short gives what is there', () => {
    const packed = gzipSync(page)
    const body = parseHttpResponse(response('Content-Encoding: gzip', packed.subarray(0, packed.length - 12)), 1e6)!.body
    expect(page.subarray(0, body.length).equals(body) && body.length > 20).toBe(true)
  })

  test.each([
    ['gzip', gzipSync(Buffer.alloc(10_000))],
    ['deflate', deflateSync(Buffer.alloc(10_000))],
    ['br', brotliCompressSync(Buffer.alloc(10_000))],
    ['zstd', zstd.compress(Buffer.alloc(10_000), 3)],
  ])('%s: a body larger than allowed is an error', (encoding, body) => {
    expect(() => parseHttpResponse(response(`Content-Encoding: ${encoding}`, body), 1000)).toThrow('larger than 1000 bytes')
  })
})

test.each([
  ['Content-Encoding: gzip\r\nContent-Encoding: gzip', gzipSync(gzipSync(page))],
  ['Content-Encoding: gzip\r\nContent-Encoding: br', brotliCompressSync(gzipSync(page))],
  ['Transfer-Encoding: gzip, chunked', chunked(gzipSync(page), 100)],
  ['Transfer-Encoding: chunked\r\nTransfer-Encoding: identity', chunked(page, 64)],
  ['Transfer-Encoding: CHUNKED\r\nContent-Encoding: X-GZIP', chunked(gzipSync(page), 64)],
  ['Content-Encoding: none', page],
])('codings in several fields: %s', (headers, body) => {
  const { body: found, problem } = parseHttpResponse(response(headers, body), 1e6)!
  expect([found.equals(page), problem]).toEqual([true, undefined])
})

test('repeated fields are one list', () => {
  const headers = parseHttpResponse(response('X: a\r\nVary: b\r\nx: c', page), 1e6)!.headers
  expect([headers.get('x'), headers.get('vary')]).toEqual(['a, c', 'b'])
})

test('more codings than anybody uses are refused', () => {
  const codings = Array.from({ length: 400_000 }, () => 'gzip').join(',')
  expect(() => parseHttpResponse(response(`Content-Encoding: ${codings}`, page), 1e6)).toThrow('the body is coded 400000 times')
})

test.each([
  'HTTP/1.1 100 Continue\r\n\r\n',
  'HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n',
  'HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n',
])('what comes before the final response is passed over: %j', (interim) => {
  const parsed = parseHttpResponse(Buffer.concat([Buffer.from(interim), response('A: b', page)]), 1e6)!
  expect([parsed.status, parsed.headers.get('a'), parsed.body.equals(page)]).toEqual([200, 'b', true])
})

describe('bodies that cannot be decoded as a whole', () => {
  const random = Buffer.from(Array.from({ length: 3000 }, (_, i) => (i * i * 31 + (i >> 3)) & 0xff))
  const long = Buffer.concat([page, random])
  const flipped = (bytes: Buffer, at: number): Buffer =>
    Buffer.concat([bytes.subarray(0, at), Buffer.from([bytes[at]! ^ 0xff]), bytes.subarray(at + 1)])
  const packed = gzipSync(long)

  test.each([
    ['gzip', 'trailing bytes', Buffer.concat([packed, Buffer.from('garbage')]), '7 bytes follow the gzip stream'],
    ['gzip', 'a wrong checksum', flipped(packed, packed.length - 6), 'the checksum of the gzip stream is wrong'],
    ['gzip', 'no trailer', packed.subarray(0, packed.length - 8), 'the gzip stream ends early'],
  ])('%s with %s: all of it', (encoding, _, body, expected) => {
    const { body: found, problem } = parseHttpResponse(response(`Content-Encoding: ${encoding}`, body), 1e6)!
    expect([found.equals(long), problem]).toEqual([true, expected])
  })

  test.each([
    ['gzip', packed.subarray(0, packed.length - 200), /ends early/],
    ['gzip', flipped(packed, packed.length - 200), /damaged at byte|checksum/],
    ['deflate', deflateSync(long).subarray(0, 1000), /ends early/],
    ['br', brotliCompressSync(long).subarray(0, 1000), /ends early/],
    [
      'zstd',
      zstd.compress(Buffer.concat([long, ...Array.from({ length: 80 }, () => random)]), 1).subarray(0, 2000),
      /damaged, or ends early/,
    ],
  ])('%s that is cut or damaged: what could be decoded', (encoding, body, expected) => {
    const { body: found, problem } = parseHttpResponse(response(`Content-Encoding: ${encoding}`, body), 1e6)!
    const isBeginning = long.subarray(0, Math.min(found.length, page.length)).equals(found.subarray(0, page.length))
    expect([isBeginning, problem]).toEqual([true, expect.stringMatching(expected)])
  })

  test('two members are one body', () => {
    const body = Buffer.concat([gzipSync(page), gzipSync(random)])
    expect(parseHttpResponse(response('Content-Encoding: gzip', body), 1e6)!.body.equals(long)).toBe(true)
  })
})

describe('chunks', () => {
  test.each([1, 7, 100, 5000])('of %i bytes are put together', (size) => {
    expect(dechunk(chunked(page, size)).bytes.equals(page)).toBe(true)
  })

  test('under a content encoding', () => {
    const body = chunked(gzipSync(page), 16)
    expect(parseHttpResponse(response('Transfer-Encoding: chunked\r\nContent-Encoding: gzip', body), 1e6)?.body.equals(page)).toBe(true)
  })

  test.each([
    ['no framing at all', '<html>plain</html>', '<html>plain</html>', undefined],
    ['a size with zeros in front', '00000000000003\r\nabc\r\n0\r\n\r\n', 'abc', undefined],
    ['sizes as C writes them', '0x3\r\nabc\r\n0x0\r\n\r\n', 'abc', undefined],
    ['sizes with spaces around them', ' 3 \r\nabc\r\n3  \r\ndef\r\n0\r\n\r\n', 'abcdef', undefined],
    ['line ends without a return', '3\nabc\n2\nde\n0\n\n', 'abcde', undefined],
    ['no last chunk', '3\r\nabc\r\n', 'abc', undefined],
    ['a bad size later on', '3\r\nabc\r\nzz\r\n', 'abczz\r\n', 'chunked framing breaks at byte 8 of the body'],
    ['a chunk cut short', '10\r\nabc', 'abc', 'a chunk of 16 bytes ends after 3'],
  ])('%s', (_, body, expected, problem) => {
    const undone = dechunk(Buffer.from(body))
    expect([undone.bytes.toString(), undone.problem]).toEqual([expected, problem])
  })
})
