import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll } from 'vitest'

/** A folder that is gone after the tests of the file. */
export function temporaryFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'decant-test-'))
  afterAll(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

export function fileWith(dir: string, name: string, content: string | Uint8Array): string {
  const path = join(dir, name)
  writeFileSync(path, content)
  return path
}

/** One WARC record; `content` is stored as it is. */
export function warcRecord(type: string, content: string | Uint8Array, headers: Record<string, string> = {}): Buffer {
  const body = Buffer.from(content)
  const all = { 'WARC-Type': type, 'Content-Length': String(body.length), ...headers }
  const head = Object.entries(all).map(([name, value]) => `${name}: ${value}`)
  return Buffer.concat([Buffer.from(`WARC/1.0\r\n${head.join('\r\n')}\r\n\r\n`), body, Buffer.from('\r\n\r\n')])
}

/** A response record with an HTML page, as Common Crawl writes it. */
export function htmlResponse(
  id: string,
  html: string | Uint8Array,
  { url = `https://example.org/${id}`, status = '200 OK', type = 'text/html; charset=utf-8' } = {},
): Buffer {
  const body = Buffer.from(html)
  const http = Buffer.concat([Buffer.from(`HTTP/1.1 ${status}\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\n\r\n`), body])
  return warcRecord('response', http, {
    'WARC-Record-ID': `<urn:uuid:${id}>`,
    'WARC-Target-URI': url,
    'WARC-Date': '2025-05-12T00:00:00Z',
    'Content-Type': 'application/http; msgtype=response',
  })
}

/** Records as gzip members, one each, with where each member lies. */
export function members(records: readonly Uint8Array[]): { bytes: Buffer; starts: number[] } {
  const parts = records.map((record) => gzipSync(record))
  const starts: number[] = []
  let at = 0
  for (const part of parts) {
    starts.push(at)
    at += part.length
  }
  return { bytes: Buffer.concat(parts), starts: [...starts, at] }
}

/** Pseudo-random bytes and numbers that are the same in every run (mulberry32). */
export function random(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

/** The objects in a JSON Lines file, named from `test/`. */
export function jsonLines<T>(name: string | URL): T[] {
  return readFileSync(new URL(name, import.meta.url), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as T)
}
