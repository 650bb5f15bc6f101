import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ByteSource } from '../../src/formats/byte_source.ts'
import type { Compression } from '../../src/formats/input_format.ts'
import { readWarc } from '../../src/formats/warc.ts'
import { collect, fileWith, members, temporaryFolder, warcRecord } from '../support.ts'

const dir = temporaryFolder()
let files = 0

async function read(
  bytes: Uint8Array,
  {
    compression = 'none',
    maxRecordBytes = 1 << 20,
    chunkBytes = 4 << 20,
  }: { compression?: Compression; maxRecordBytes?: number; chunkBytes?: number } = {},
): Promise<string[]> {
  const source = new ByteSource(fileWith(dir, `${files++}.warc`, bytes), chunkBytes)
  const all = await collect(readWarc(source, { compression, maxRecordBytes }))
  source.close()
  return all.map((item) =>
    item.kind === 'record'
      ? `${item.headers.get('warc-type')} ${item.content} ${item.start}-${item.end}`
      : `! ${item.error} ${item.start}-${item.end}`,
  )
}

const three = ['one', 'two two', 'three three three'].map((content) => warcRecord('resource', content))
const ends = three.map((_, i) => three.slice(0, i + 1).reduce((sum, record) => sum + record.length, 0))

describe('plain files', () => {
  const expected = three.map(
    (record, i) => `resource ${['one', 'two two', 'three three three'][i]} ${ends[i]! - record.length}-${ends[i]! - 4}`,
  )

  test('give their records with their places, however they are cut into chunks', async () => {
    for (const chunkBytes of [1, 7, 50, 4096]) expect(await read(Buffer.concat(three), { chunkBytes })).toEqual(expected)
  })

  test('round trip', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 400 }), { maxLength: 8 }),
        fc.integer({ min: 1, max: 600 }),
        fc.boolean(),
        async (contents, chunkBytes, gzip) => {
          const records = contents.map((content) => warcRecord('resource', content))
          const source = new ByteSource(
            fileWith(dir, `${files++}.warc`, gzip ? members(records).bytes : Buffer.concat(records)),
            chunkBytes,
          )
          const back = await collect(readWarc(source, { compression: gzip ? 'gzip' : 'none', maxRecordBytes: 1 << 20 }))
          source.close()
          expect(back.map((item) => (item.kind === 'record' ? [...item.content] : item))).toEqual(contents.map((content) => [...content]))
        },
      ),
      { numRuns: 100 },
    )
  })

  test('cut short lose the last record only', async () => {
    const bytes = Buffer.concat(three)
    expect(await read(bytes.subarray(0, bytes.length - 9))).toEqual([
      ...expected.slice(0, 2),
      `! truncated_record ${ends[1]}-${bytes.length - 9}`,
    ])
  })

  test('with a wrong Content-Length lose that record only', async () => {
    const short = warcRecord('resource', 'longer than it says', { 'Content-Length': '4' })
    const long = warcRecord('resource', 'short', { 'Content-Length': '40' })
    for (const wrong of [short, long]) {
      const bytes = Buffer.concat([three[0]!, wrong, three[2]!])
      for (const chunkBytes of [3, 4096]) {
        const [first, damage, last] = await read(bytes, { chunkBytes })
        expect(first).toBe(expected[0])
        expect(damage).toBe(`! bad_record ${ends[0]}-${ends[0]! + wrong.length}`)
        expect(last).toContain('resource three three three')
      }
    }
  })

  test('with oversized records pass over them', async () => {
    const bytes = Buffer.concat([three[0]!, warcRecord('resource', 'x'.repeat(5000)), three[2]!])
    for (const chunkBytes of [100, 1 << 20]) {
      const all = await read(bytes, { maxRecordBytes: 1000, chunkBytes })
      expect(all.map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual(['resource one', '! record_too_large', 'resource three'])
    }
  })
})

describe('headers', () => {
  test.each([
    ['any case, folded lines', 'WARC/1.0\r\nwArC-tYpE: resource\r\nX-Long: a\r\n  b\r\ncontent-length:3\r\n\r\none\r\n\r\n'],
    ['bare line feeds', 'WARC/1.1\nWARC-Type: resource\nContent-Length: 3\n\none\n\n'],
    ['blank lines before', '\r\n\r\nWARC/1.0\r\nWARC-Type: resource\r\nContent-Length: 3\r\n\r\none'],
  ])('%s', async (_, text) => {
    expect((await read(Buffer.from(text)))[0]).toMatch(/^resource one /)
  })

  test('without a length make a bad record', async () => {
    expect(await read(Buffer.from('WARC/1.0\r\nWARC-Type: resource\r\n\r\none\r\n\r\n'))).toEqual(['! bad_record 0-40'])
  })
})

describe('gzip', () => {
  test('a record a member: places are those of the members', async () => {
    const { bytes, starts } = members(three)
    expect(await read(bytes, { compression: 'gzip' })).toEqual(
      ['one', 'two two', 'three three three'].map((content, i) => `resource ${content} ${starts[i]}-${starts[i + 1]}`),
    )
  })

  test('all records in one member', async () => {
    const bytes = gzipSync(Buffer.concat(three))
    expect(await read(bytes, { compression: 'gzip' })).toEqual(
      ['one', 'two two', 'three three three'].map((content) => `resource ${content} 0-${bytes.length}`),
    )
  })

  test('members cut without regard to records', async () => {
    const all = Buffer.concat(three)
    const parts: Buffer[] = []
    for (let at = 0; at < all.length; at += 37) parts.push(gzipSync(all.subarray(at, at + 37)))
    const contents = (await read(Buffer.concat(parts), { compression: 'gzip' })).map((line) => line.replace(/ \d+-\d+$/, ''))
    expect(contents).toEqual(['resource one', 'resource two two', 'resource three three three'])
  })

  test('one flipped byte in a file of 100 records: 99 records and one error with its byte range', async () => {
    const records = Array.from({ length: 100 }, (_, i) => warcRecord('resource', `record ${i} `.repeat(20 + i)))
    const { bytes, starts } = members(records)
    for (const member of [0, 42, 99]) {
      const broken = Buffer.from(bytes)
      const at = (starts[member]! + starts[member + 1]!) >> 1
      broken[at] = broken[at]! ^ 0x40
      const all = await read(broken, { compression: 'gzip' })
      expect(all.filter((line) => !line.startsWith('!')).length).toBe(99)
      const error = member === 99 ? /^! (corrupt|truncated)_member/ : /^! corrupt_member/
      expect(all[member]).toMatch(error)
      expect(all[member]).toMatch(new RegExp(` ${starts[member]}-${starts[member + 1]}$`))
    }
  })

  test('a truncated file gives all whole records and one error', async () => {
    const { bytes, starts } = members(three)
    for (const cut of [starts[2]! + 1, starts[2]! + 30, starts[3]! - 1]) {
      const all = await read(bytes.subarray(0, cut), { compression: 'gzip' })
      expect(all.slice(0, 2)).toEqual([`resource one 0-${starts[1]}`, `resource two two ${starts[1]}-${starts[2]}`])
      expect(all.slice(2)).toEqual([expect.stringMatching(new RegExp(`^! (truncated|corrupt)_member ${starts[2]}-${cut}$`))])
    }
  })

  test('a record that lacks bytes inside a sound member is damaged, the next is not', async () => {
    const short = Buffer.from('WARC/1.0\r\nWARC-Type: resource\r\nContent-Length: 50\r\n\r\nonly this\r\n\r\n')
    const { bytes, starts } = members([short, three[1]!])
    expect(await read(bytes, { compression: 'gzip' })).toEqual([
      `! truncated_record 0-${starts[1]}`,
      `resource two two ${starts[1]}-${starts[2]}`,
    ])
  })
})
