import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import type { DataError, Location } from '../../src/core/errors.ts'
import type { Seam, Task, TaskInput } from '../../src/core/task.ts'
import { createParquet } from '../../src/formats/parquet_writer.ts'
import { loadZstd } from '../../src/formats/zstd.ts'
import { hashFile } from '../../src/pipeline/hash_file.ts'
import type { LedgerEntry } from '../../src/pipeline/ledger.ts'
import { standIn } from '../../src/pipeline/replay.ts'
import { seamFixes } from '../../src/pipeline/seams.ts'
import { wholeFile } from '../../src/pipeline/splits.ts'
import read from '../../src/stages/read.ts'
import { fileWith, htmlResponse, members, random, temporaryFolder, warcRecord } from '../support.ts'

const dir = temporaryFolder()
const options = read.schema.parse({ max_record_bytes: 100_000 })
async function* none() {}

interface Found {
  /** Ids, dumps and errors in order. */
  records: string[]
  seam: Seam | undefined
}

async function readSplit(input: TaskInput): Promise<Found> {
  const records: string[] = []
  let seam: Seam | undefined
  const task: Task = {
    ...standIn(input, 0, []),
    quarantine: (error: DataError, { start, end, member }: Partial<Location> = {}) =>
      void records.push(`! ${error.kind} ${member ?? ''} ${start}-${end}`),
    passOver: (kind) => void records.push(`- ${kind}`),
    seam: (given) => {
      seam = given
    },
  }
  for await (const { id, metadata } of read.run(none(), options, task)) records.push(`${id} ${String(metadata['dump'])}`)
  return { records, seam }
}

/** Read a file in splits; those that do not meet are read again, as a run does. Returns all that was found, and how many were read again. */
async function readCut(path: string, cuts: readonly number[]): Promise<{ records: string[]; again: number }> {
  const whole = wholeFile(path)
  const bounds = [0, ...cuts, whole.size]
  const inputs = bounds.slice(1).map((end, i): TaskInput => ({ ...whole, start: bounds[i]!, end }))
  const found = await Promise.all(inputs.map(readSplit))
  let again = 0
  for (;;) {
    const entries = found.map(
      ({ seam }, index) =>
        ({ index, reads: [{ ...inputs[index]!, path, sha256: '' }], ...(seam ? { seam } : {}) }) as unknown as LedgerEntry,
    )
    const fixes = seamFixes(entries)
    if (fixes.length === 0) break
    for (const { index, at, carry } of fixes) found[index] = await readSplit({ ...inputs[index]!, begins: { at, carry } })
    again += fixes.length
    expect(again).toBeLessThan(1000)
  }
  return { records: found.flatMap(({ records }) => records), again }
}

const next = random(5)
const text = (i: number): string => `page ${i} ${'word '.repeat(1 + Math.floor(next() * 300))}${next()}`
const page = (i: number): Buffer => htmlResponse(`${i}`, `<p>${text(i)}</p>`)
const info = (dump: string): Buffer => warcRecord('warcinfo', `isPartOf: ${dump}\r\n`)
/** A crawl with two parts, records without ids, and a page that holds a record. */
const records = [
  info('LAB-1'),
  ...Array.from({ length: 12 }, (_, i) => page(i)),
  htmlResponse('quoting', `<pre>\n${page(77).toString()}</pre>`),
  warcRecord('conversion', 'a text without an id', { 'Content-Type': 'text/plain' }),
  info('LAB-2'),
  ...Array.from({ length: 8 }, (_, i) => page(100 + i)),
]
const lines = Array.from({ length: 30 }, (_, i) => Buffer.from(`${JSON.stringify({ text: text(i) })}\n`))
const zstd = await loadZstd()
const packed = (parts: readonly Uint8Array[], pack: (part: Buffer) => Uint8Array): Buffer =>
  Buffer.concat(parts.map((part) => pack(Buffer.from(part))))
/** The same bytes in pieces that end anywhere. */
function pieces(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size))
}

const files: Record<string, Buffer> = {
  'crawl.warc': Buffer.concat(records),
  'crawl.warc.gz': members(records).bytes,
  'crawl.warc.zst': packed(records, (part) => zstd.compress(part, 3)),
  'bgzip.warc.gz': packed(pieces(Buffer.concat(records), 900), (part) => gzipSync(part)),
  'one.warc.gz': gzipSync(Buffer.concat(records)),
  'lines.jsonl': Buffer.concat(lines),
  'lines.jsonl.gz': packed(lines, (part) => gzipSync(part)),
  'pieces.jsonl.gz': packed(pieces(Buffer.concat(lines), 700), (part) => gzipSync(part)),
  'pieces.jsonl.zst': packed(pieces(Buffer.concat(lines), 700), (part) => zstd.compress(part, 3)),
  'one.jsonl.gz': gzipSync(Buffer.concat(lines)),
  'unended.jsonl': Buffer.concat(lines).subarray(0, -1),
}
/** A member in the middle is damaged, or not compressed at all. */
const broken = members(records)
broken.bytes[broken.starts[7]! + 30]! ^= 0xff
files['broken.warc.gz'] = broken.bytes
const garbled = members(lines)
garbled.bytes.fill(7, garbled.starts[9]! + 12, garbled.starts[10]!)
files['broken.jsonl.gz'] = garbled.bytes
files['garbage.warc.gz'] = Buffer.concat([members(records.slice(0, 5)).bytes, Buffer.alloc(3000, 'x'), members(records.slice(5)).bytes])
files['damaged.warc'] = Buffer.concat([...records.slice(0, 4), Buffer.from('no record at all\r\n'.repeat(50)), ...records.slice(4)])
/** A page that is itself a crawl, stored as it is: looking for a member finds those inside it. */
const inner = members(records).bytes
files['nested.warc.gz'] = Buffer.concat([
  members(records.slice(0, 5)).bytes,
  gzipSync(htmlResponse('nested', inner, { type: 'application/gzip' }), { level: 0 }),
  members(records.slice(5)).bytes,
])

for (const [name, bytes] of Object.entries(files)) fileWith(dir, name, bytes)

describe('splits of a file give what the whole file gives, wherever it is cut', () => {
  test.each(Object.keys(files))('%s', async (name) => {
    const path = `${dir}/${name}`
    const { records: whole } = await readSplit(wholeFile(path))
    expect(whole.length).toBeGreaterThan(20)
    const { size } = wholeFile(path)
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.integer({ min: 1, max: size - 1 }), { maxLength: 8 }), async (cuts) => {
        expect(
          (
            await readCut(
              path,
              cuts.sort((a, b) => a - b),
            )
          ).records,
        ).toEqual(whole)
      }),
      { numRuns: 60 },
    )
  })

  test('where members or lines begin, and a byte beside', async () => {
    for (const [name, starts] of [
      ['crawl.warc.gz', members(records).starts],
      ['lines.jsonl.gz', members(lines).starts],
      ['lines.jsonl', lines.map((_, i) => lines.slice(0, i).reduce((sum, { length }) => sum + length, 0))],
    ] as const) {
      const path = `${dir}/${name}`
      const { records: whole } = await readSplit(wholeFile(path))
      for (const at of starts.slice(1, 6))
        for (const cut of [at - 1, at, at + 1]) expect((await readCut(path, [cut])).records).toEqual(whole)
    }
  })
})

describe('a Parquet file is cut between row groups', () => {
  const path = `${dir}/rows.parquet`
  beforeAll(async () => {
    const table = await createParquet(path, {
      columns: [{ name: 'text', type: 'string', nullable: false }],
      metadata: {},
      level: 3,
      groupBytes: 1 << 20,
      groupRows: 7,
    })
    for (let i = 0; i < 40; i++) table.write([text(i)])
    await table.close()
  })

  test('anywhere', async () => {
    const { records: whole } = await readSplit(wholeFile(path))
    expect(whole.slice(0, 2)).toEqual([`${path}/0 undefined`, `${path}/1 undefined`])
    const { size } = wholeFile(path)
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.integer({ min: 1, max: size - 1 }), { maxLength: 8 }), async (cuts) => {
        expect(
          (
            await readCut(
              path,
              cuts.sort((a, b) => a - b),
            )
          ).records,
        ).toEqual(whole)
      }),
      { numRuns: 30 },
    )
  })
})

test('a split that begins inside a record that looks like one is read again', async () => {
  const { starts } = members(records.slice(0, 5))
  const path = `${dir}/nested.warc.gz`
  const { records: whole } = await readSplit(wholeFile(path))
  const cut = await readCut(path, [starts.at(-1)! + 2000])
  expect([cut.records, cut.again]).toEqual([whole, 1])
})

test.each(Object.keys(files))('%s is hashed while it is read', async (name) => {
  const path = `${dir}/${name}`
  const whole = wholeFile(path)
  for (const [start, end] of [
    [0, whole.size],
    [100, Math.min(3000, whole.size - 50)],
  ] as const) {
    let digest = ''
    const task: Task = { ...standIn({ ...whole, start, end }, 0, []), hashed: (sha256) => void (digest = sha256) }
    for await (const _ of read.run(none(), options, task));
    expect(digest).toBe(hashFile(path, { start, end }))
  }
})
