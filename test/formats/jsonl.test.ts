import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ByteSource } from '../../src/formats/byte_source.ts'
import { readLines } from '../../src/formats/jsonl.ts'
import { loadZstd } from '../../src/formats/zstd.ts'
import { collect, fileWith, temporaryFolder } from '../support.ts'

const dir = temporaryFolder()
const zstd = await loadZstd()
let files = 0

async function lines(
  bytes: Uint8Array,
  compression: 'none' | 'gzip' | 'zstd' = 'none',
  { chunkBytes = 4 << 20, maxLineBytes = 1 << 20 } = {},
): Promise<string[]> {
  const source = new ByteSource(fileWith(dir, String(files++), bytes), chunkBytes)
  const all = await collect(readLines(source, compression, maxLineBytes))
  source.close()
  return all.map((line) =>
    line.kind === 'line' ? `${line.bytes} @${line.start}-${line.end}` : `! ${line.error} ${line.start}-${line.end}`,
  )
}

test('lines are cut at newlines and nothing else', async () => {
  // U+2028 is a line end to JavaScript's readline, not to JSON Lines.
  const bytes = Buffer.from('{"a":"x\u2028y"}\r\n\n{"b":1}')
  for (const chunkBytes of [1, 3, 100])
    expect(await lines(bytes, 'none', { chunkBytes })).toEqual(['{"a":"x\u2028y"}\r @0-15', '{"b":1} @16-23'])
})

test('any text comes back, plain and compressed, in any chunks', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.string({ minLength: 1 }).map((text) => JSON.stringify(text)),
        { maxLength: 20 },
      ),
      fc.integer({ min: 1, max: 50 }),
      async (texts, chunkBytes) => {
        const bytes = Buffer.from(texts.join('\n'))
        const strip = (all: string[]): string[] => all.map((line) => line.replace(/ @\d+-\d+$/, ''))
        expect(strip(await lines(bytes, 'none', { chunkBytes }))).toEqual(texts)
        expect(strip(await lines(gzipSync(bytes), 'gzip'))).toEqual(texts)
        if (texts.length > 0) expect(strip(await lines(zstd.compress(bytes, 3), 'zstd'))).toEqual(texts)
      },
    ),
    { numRuns: 60 },
  )
})

test('all members and all frames are read', async () => {
  const parts = ['a\nb', 'c\n', 'd'].map((part) => Buffer.from(part))
  const contents = ['a', 'bc', 'd']
  for (const [compression, pack] of [
    ['gzip', gzipSync],
    ['zstd', (part: Buffer) => zstd.compress(part, 1)],
  ] as const) {
    const all = await lines(Buffer.concat(parts.map((part) => pack(part))), compression)
    expect(all.map((line) => line.split(' @')[0])).toEqual(contents)
  }
})

test('a file cut short gives the whole lines before and one error', async () => {
  const text = Buffer.from(Array.from({ length: 50_000 }, (_, i) => `{"n":${i},"x":"${(i * 7919) % 10_007}"}`).join('\n'))
  for (const [compression, bytes] of [
    ['gzip', gzipSync(text)],
    ['zstd', Buffer.from(zstd.compress(text, 3))],
  ] as const) {
    const all = await lines(bytes.subarray(0, bytes.length - 1000), compression)
    expect(all.at(-1)).toMatch(new RegExp(`^! truncated_member \\d+-${bytes.length - 1000}$`))
    expect(all.filter((line) => line.startsWith('!')).length).toBe(1)
  }
})

test.each([100, 512, 1 << 20])('a line longer than the limit is an error, the next one is not (chunks of %i bytes)', async (chunkBytes) => {
  const bytes = Buffer.from(`short\n${'x'.repeat(1000)}\n${'y'.repeat(1001)}\nafter\n${'z'.repeat(5000)}`)
  const all = await lines(bytes, 'none', { chunkBytes, maxLineBytes: 1000 })
  expect(all).toEqual([
    'short @0-6',
    `${'x'.repeat(1000)} @6-1007`,
    '! line_too_long 1007-2009',
    'after @2009-2015',
    '! line_too_long 2015-7015',
  ])
})
