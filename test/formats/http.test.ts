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

describe('chunks', () => {
  test.each([1, 7, 100, 5000])('of %i bytes are put together', (size) => {
    expect(dechunk(chunked(page, size)).equals(page)).toBe(true)
  })

  test('under a content encoding', () => {
    const body = chunked(gzipSync(page), 16)
    expect(parseHttpResponse(response('Transfer-Encoding: chunked\r\nContent-Encoding: gzip', body), 1e6)?.body.equals(page)).toBe(true)
  })

  test.each([
    ['no framing at all', '<html>plain</html>', '<html>plain</html>'],
    ['a bad size later on', '3\r\nabc\r\nzz\r\n', 'abc'],
    ['a chunk cut short', '10\r\nabc', 'abc'],
  ])('%s', (_, body, expected) => {
    expect(dechunk(Buffer.from(body)).toString()).toBe(expected)
  })
})
