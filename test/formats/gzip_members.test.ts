import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ByteSource } from '../../src/formats/byte_source.ts'
import { type GzipEvent, readGzipMembers } from '../../src/formats/gzip_members.ts'
import { collect, fileWith, random, temporaryFolder } from '../support.ts'

const dir = temporaryFolder()
let files = 0

async function events(bytes: Uint8Array, chunkBytes?: number): Promise<GzipEvent[]> {
  const source = new ByteSource(fileWith(dir, `${files++}.gz`, bytes), chunkBytes)
  const all = await collect(readGzipMembers(source, (head) => head.toString('latin1').startsWith('item')))
  source.close()
  return all
}

const text = (all: GzipEvent[]): string =>
  all.map((event) => (event.kind === 'data' ? event.bytes.toString() : `[${event.error} ${event.start}-${event.end}]`)).join('|')
const items = (n: number): string[] => Array.from({ length: n }, (_, i) => `item ${i} ${'x'.repeat(i * 7)}`)

describe('members', () => {
  test('are inflated one by one, with their places', async () => {
    const parts = ['item a', 'item b'].map((item) => gzipSync(item))
    const all = await events(Buffer.concat(parts))
    expect(all).toEqual([
      { kind: 'data', bytes: Buffer.from('item a'), start: 0, end: parts[0]!.length, opens: true },
      { kind: 'data', bytes: Buffer.from('item b'), start: parts[0]!.length, end: parts[0]!.length + parts[1]!.length, opens: true },
    ])
  })

  test('after zero padding are not lost', async () => {
    const bytes = Buffer.concat([gzipSync('item a'), Buffer.alloc(16), gzipSync('item b'), Buffer.alloc(5)])
    expect(text(await events(bytes))).toBe('item a|item b')
  })

  test('larger than the window are streamed whole', async () => {
    const next = random(1)
    const big = Buffer.alloc(70 << 20, Buffer.from(Array.from({ length: 99_991 }, () => 97 + ((next() * 4) | 0))))
    const all = await events(Buffer.concat([gzipSync('item a'), gzipSync(big, { level: 1 }), gzipSync('item c')]))
    const streamed = all.slice(1, -1).map((event) => (event.kind === 'data' ? event.bytes : Buffer.alloc(0)))
    expect(Buffer.concat(streamed).equals(big)).toBe(true)
    expect(text(all.slice(-1))).toBe('item c')
  })

  test('split anywhere by the reading window give the same bytes', async () => {
    const bytes = Buffer.concat(items(40).map((item) => gzipSync(item)))
    for (const chunk of [19, 64, 1000]) expect(text(await events(bytes, chunk))).toBe(items(40).join('|'))
  })
})

describe('damage', () => {
  const parts = items(12).map((item) => gzipSync(item))
  const starts = parts.map((_, i) => parts.slice(0, i).reduce((sum, part) => sum + part.length, 0))
  const whole = Buffer.concat(parts)

  test('of any one byte costs at most the member it is in', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const broken = Buffer.from(whole)
        broken[at] = broken[at]! ^ flip
        const member = starts.findLastIndex((start) => start <= at)
        const all = await events(broken)
        const kept = all.flatMap((event) => (event.kind === 'data' ? [event.bytes.toString()] : []))
        const lost = all.flatMap((event) => (event.kind === 'damage' ? [[event.start, event.end]] : []))
        // Time stamp, extra flags and operating system in the header mean nothing: a change there loses nothing.
        if (lost.length === 0) expect(kept).toEqual(items(12))
        else {
          expect(kept).toEqual(items(12).filter((_, i) => i !== member))
          // A first byte of zero is taken for padding before the member.
          const padding = at === starts[member] && broken[at] === 0 ? 1 : 0
          expect(lost).toEqual([[starts[member]! + padding, starts[member]! + parts[member]!.length]])
        }
      }),
      { numRuns: 150 },
    )
  })

  test('at the end is a truncated member', async () => {
    for (const cut of [1, 8, 9, 20]) {
      const found = await events(whole.subarray(0, whole.length - cut))
      const all = found.filter((event) => event.kind === 'damage' || !event.isCut)
      const beginnings = found.flatMap((event) => (event.kind === 'data' && event.isCut ? [event.bytes.toString()] : []))
      expect(beginnings.every((beginning) => items(12)[11]!.startsWith(beginning))).toBe(true)
      expect(text(all)).toBe([...items(12).slice(0, 11), `[truncated_member ${starts[11]}-${whole.length - cut}]`].join('|'))
    }
  })

  test('of bytes that are no gzip at all runs to the next member', async () => {
    const junk = Buffer.from('this is not gzip')
    const all = await events(Buffer.concat([parts[0]!, junk, parts[1]!]))
    expect(text(all)).toBe(`item 0 |[corrupt_member ${parts[0]!.length}-${parts[0]!.length + junk.length}]|item 1 xxxxxxx`)
  })

  test('found by the checksum alone is found', async () => {
    // A stored block: flipping a letter leaves a valid deflate stream.
    const stored = gzipSync('item stored', { level: 0 })
    const at = stored.indexOf('stored')
    stored[at] = 'S'.charCodeAt(0)
    expect(text(await events(Buffer.concat([stored, parts[1]!])))).toBe(`[corrupt_member 0-${stored.length}]|item 1 xxxxxxx`)
  })
})
