import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { ByteSource } from '../../src/formats/byte_source.ts'
import type { GzipEvent } from '../../src/formats/gzip_members.ts'
import { loadZstd } from '../../src/formats/zstd.ts'
import { decodeZstd, isZstd, readZstdFrames, zstdHead } from '../../src/formats/zstd_frames.ts'
import { collect, cpuSeconds, fileWith, hasSharedData, random, sharedData, temporaryFolder } from '../support.ts'

const dir = temporaryFolder()
const zstd = await loadZstd()
let files = 0

async function events(bytes: Uint8Array): Promise<GzipEvent[]> {
  const source = new ByteSource(fileWith(dir, `${files++}.zst`, bytes))
  const all = await collect(readZstdFrames(source))
  source.close()
  return all
}

const shown = (all: readonly GzipEvent[]): string =>
  all.map((event) => (event.kind === 'data' ? event.bytes.toString() : `[${event.error}: ${event.message}]`)).join('|')
const frame = (text: string | Uint8Array): Buffer => Buffer.from(zstd.compress(Buffer.from(text), 3))
/** A frame that is only stored, with a checksum or without (RFC 8878); the one given here is of "a\n". */
const storedFrame = (text: string, checksum?: number[]): Buffer =>
  Buffer.from([
    0x28,
    0xb5,
    0x2f,
    0xfd,
    checksum ? 0x24 : 0x20,
    text.length,
    (text.length << 3) | 1,
    0,
    0,
    ...Buffer.from(text),
    ...(checksum ?? []),
  ])
const skippable = (bytes: number): Buffer => Buffer.concat([Buffer.from([0x53, 0x2a, 0x4d, 0x18, bytes, 0, 0, 0]), Buffer.alloc(bytes)])
const next = random(7)
const noise = Buffer.from(Array.from({ length: 400_000 }, () => Math.floor(next() * 256)))

test('frames are decoded one after the other, skippable ones passed over', async () => {
  expect(shown(await events(Buffer.concat([frame('one'), skippable(5), storedFrame('two'), frame('')])))).toBe('one|two')
})

test('bytes come a block at a time', async () => {
  const all = await events(frame(Buffer.concat([noise, Buffer.alloc(3_000_000)])))
  const pieces = all.flatMap((event) => (event.kind === 'data' ? [event.bytes] : []))
  expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThanOrEqual(1 << 17)
  expect(Buffer.concat(pieces).equals(Buffer.concat([noise, Buffer.alloc(3_000_000)]))).toBe(true)
})

describe('damage', () => {
  test('a wrong checksum costs the frame', async () => {
    const all = await events(Buffer.concat([frame('one'), storedFrame('a\n', [1, 2, 3, 4]), frame('two')]))
    expect(shown(all)).toBe('one|[corrupt_member: zstd: the checksum is wrong: these are not the bytes that were stored]|two')
  })

  test('a block of a reserved type', async () => {
    const broken = storedFrame('two')
    broken[6]! |= 6
    expect(shown(await events(Buffer.concat([frame('one'), broken, frame('three')])))).toBe(
      'one|[corrupt_member: zstd: a block of a reserved type]|three',
    )
  })

  test.each([1, 3, 8])('a file that lacks its last %i bytes gives the frames before', async (cut) => {
    const whole = Buffer.concat([frame('one'), frame('two'.repeat(100))])
    expect(shown(await events(whole.subarray(0, whole.length - cut)))).toBe('one|[truncated_member: zstd: the file ends inside a frame]')
  })

  test('a window that nobody can hold', async () => {
    const huge = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xa8, 1, 0, 0])
    expect(shown(await events(huge))).toBe('[corrupt_member: zstd: a window of 2048 MiB is more than can be held]')
  })

  test('what is no frame runs to the next one', async () => {
    expect(shown(await events(Buffer.concat([frame('one'), Buffer.from('junk'), frame('two')])))).toBe(
      'one|[corrupt_member: zstd: not a frame]|two',
    )
  })
})

test('the head of a file is only as much as is asked for', async () => {
  const source = new ByteSource(fileWith(dir, 'long.zst', Buffer.concat([frame('x'), frame(Buffer.alloc(50_000_000))])))
  expect((await zstdHead(source, 1000)).bytes.length).toBeLessThan(70_000_000)
  expect([isZstd(source.at(0, 8)), isZstd(Buffer.from('{"a": 1}')), isZstd(Buffer.from([1]))]).toEqual([true, false, false])
  source.close()
})

test.skipIf(!hasSharedData)('the dictionary in the first frame serves the others', async () => {
  const all = await events(readFileSync(`${sharedData}faults/52-warc-zst-dictionary.warc.zst`))
  expect(all.map((event) => (event.kind === 'data' ? event.bytes.toString('latin1', 0, 8) : event.message))).toEqual([
    'WARC/1.0',
    'WARC/1.0',
  ])
})

/** A frame of blocks that each repeat one byte 128 KiB times; its window is 2^`bits` bytes wide. */
function repeatingFrame(blocks: number, bits: number, contentBytes?: number): Buffer {
  const header = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, contentBytes === undefined ? 0 : 0x80, (bits - 10) << 3])
  const size = Buffer.alloc(contentBytes === undefined ? 0 : 4)
  if (contentBytes !== undefined) size.writeUInt32LE(contentBytes)
  const block = (isLast: boolean): Buffer => {
    const bytes = Buffer.alloc(4)
    bytes.writeUIntLE((isLast ? 1 : 0) | (1 << 1) | ((1 << 17) << 3), 0, 3)
    bytes[3] = 0x61
    return bytes
  }
  return Buffer.concat([header, size, ...Array.from({ length: blocks }, (_, i) => block(i === blocks - 1))])
}

describe('wide windows', () => {
  test('are not moved for every block', async () => {
    let bytes = 0
    const seconds = await cpuSeconds(async () => {
      const source = new ByteSource(fileWith(dir, 'repeating.zst', repeatingFrame(3000, 25)))
      for await (const event of readZstdFrames(source)) if (event.kind === 'data') bytes += event.bytes.length
      source.close()
    })
    expect(bytes).toBe(3000 * 2 ** 17)
    expect(seconds).toBeLessThan(5)
  })

  test('offsets beyond 64 MiB are read right', async () => {
    const hash = createHash('sha256')
    const source = new ByteSource(fileURLToPath(new URL('zstd/wide.zst', import.meta.url)))
    for await (const event of readZstdFrames(source)) hash.update(event.kind === 'data' ? event.bytes : event.message)
    source.close()
    expect(hash.digest('hex')).toBe('be51a4bcce5a5bcc69958c88fe38f39cd5ae9d1024da6beebb7d2f61cbaa36db')
  })

  test('a frame too large for that is taken where its checksum is right, else refused', async () => {
    expect(shown(await events(repeatingFrame(2049, 27)))).toMatch(/compress it again with --long=25 or less/)
  })
})

test('a length that blocks cannot reach is believed by nobody', async () => {
  const frame = repeatingFrame(2, 20, 2 ** 31)
  expect(shown(await events(frame))).toMatch(/content cannot be as long as it says/)
  expect(() => [...decodeZstd(frame)]).toThrow('content cannot be as long as it says')
})
