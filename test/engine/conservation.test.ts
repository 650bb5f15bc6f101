import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Manifest, total } from '../../src/reports/manifest.ts'
import { crawl, decant, fileWith, jsonLines, parquetRows, readJson, runHere, temporaryFolder, twoPasses } from '../support.ts'

const dir = temporaryFolder()
const out = join(dir, 'run')
let manifest: Manifest
const truth = jsonLines<{ file: string; id: string; category: string }>(readFileSync(join(crawl, '../truth.jsonl'), 'utf8'))
const withoutHtml = new Set(['pdf', 'png', 'json', 'rss'])
const damaged = new Set(['corrupt', 'truncated'])

beforeAll(async () => {
  const pipeline = fileWith(dir, 'p.yaml', twoPasses)
  manifest = (await runHere(pipeline, join(crawl, '*.warc.gz'), out)).manifest
})

describe('every page of the fixture crawl goes out by one door', () => {
  test('in all', () => {
    const { read, kept, removed, errors, non_html } = manifest.records
    expect(read).toBe(truth.length)
    expect(kept + total(removed) + total(errors) + total(non_html)).toBe(read)
    expect(errors).toEqual({ corrupt_member: 1, truncated_member: 1 })
    expect(non_html).toEqual({ not_html: truth.filter(({ category }) => withoutHtml.has(category)).length })
    expect(removed['read.status']).toBe(truth.filter(({ category }) => category === 'not_found' || category === 'redirect').length)
    expect(removed['exact_dedup.duplicate']).toBe(truth.filter(({ category }) => category === 'exact_duplicate').length)
  })

  test.each([0, 1, 2, 3, 4])('one by one, in shard %i', async (shard) => {
    const name = `0000${shard}`
    const file = manifest.inputs[shard]!.path.split('/').at(-1)
    const pages = truth.filter((page) => page.file === file)
    const readable = pages.filter(({ category }) => !withoutHtml.has(category) && !damaged.has(category)).map(({ id }) => id)
    const verdicts = await parquetRows(join(out, `verdicts/${name}.parquet`))
    expect(verdicts.map(({ id }) => id)).toEqual(readable)
    expect(verdicts.map(({ row }) => row)).toEqual(readable.map((_, i) => i))
    const data = await parquetRows(join(out, `data/${name}.parquet`))
    expect(data.map(({ id }) => id)).toEqual(verdicts.filter(({ reason }) => reason === null).map(({ id }) => id))
  })

  test('bytes add up too', () => {
    const { read, kept, removed, errors, non_html } = manifest.bytes
    expect(kept + total(removed) + total(errors) + total(non_html)).toBe(read)
  })
})

describe('verify', () => {
  const verify = async (): Promise<{ code: number | null; failed: string[] }> => {
    const { code, stdout, stderr } = await decant(['verify', out, '--json', '--inputs'])
    expect(stderr).toBe('')
    const { checks } = JSON.parse(stdout) as { checks: { name: string; ok: boolean }[] }
    return { code, failed: checks.filter(({ ok }) => !ok).map(({ name }) => name) }
  }

  /** Change a file of the run, verify, and put it back. */
  async function tampered(path: string, change: (file: string) => void) {
    const file = join(out, path)
    const before = readFileSync(file)
    change(file)
    try {
      return await verify()
    } finally {
      writeFileSync(file, before)
    }
  }
  const flip = (at: number) => (file: string) => {
    const bytes = readFileSync(file)
    bytes[at] = bytes[at]! ^ 1
    writeFileSync(file, bytes)
  }
  const edit = (change: (manifest: Manifest) => void) => (file: string) => {
    const edited = readJson<Manifest>(file)
    change(edited)
    writeFileSync(file, JSON.stringify(edited))
  }

  test('passes on what a run has written', async () => {
    expect(await verify()).toEqual({ code: 0, failed: [] })
  })

  test.each<[string, string, (file: string) => void, string[]]>([
    ['a flipped bit in data/', 'data/00002.parquet', flip(1000), ['files']],
    ['a flipped bit in verdicts/', 'verdicts/00000.parquet', flip(500), ['files']],
    ['a removed file', 'data/00003.parquet', (file) => rmSync(file), ['files']],
    ['an emptied file', 'errors/00001.jsonl', (file) => writeFileSync(file, ''), ['files']],
    ['one more kept', 'manifest.json', edit(({ records }) => records.kept++), ['manifest', 'conservation of records', 'verdicts']],
    [
      'one moved from kept to removed',
      'manifest.json',
      edit(({ records }) => {
        records.kept--
        records.removed['char_count.min']!++
      }),
      ['manifest', 'verdicts'],
    ],
    [
      'an error left out',
      'manifest.json',
      edit(({ records }) => records.errors['corrupt_member']!--),
      ['manifest', 'conservation of records', 'errors'],
    ],
    ['other bytes', 'manifest.json', edit(({ bytes }) => (bytes.read -= 7)), ['manifest', 'conservation of bytes']],
    ['another input hash', 'manifest.json', edit(({ inputs }) => (inputs[0]!.sha256 = 'ab')), ['manifest', 'inputs']],
  ])('fails on %s', async (_, path, change, failed) => {
    expect(await tampered(path, change)).toEqual({ code: 1, failed })
  })

  test('says it in words', async () => {
    const { stdout } = await decant(['verify', out])
    expect(stdout.split('\n')).toEqual([
      'ok      manifest: as the tasks counted',
      'ok      files: 20 files have the sizes and hashes in the manifest',
      'ok      conservation of records: 405 read = 338 kept + 51 removed + 2 errors +',
      '        14 without HTML or text',
      expect.stringMatching(/^ok {6}conservation of bytes: /),
      expect.stringMatching(/^ {8}\+ /),
      expect.stringMatching(/^ok {6}conservation of text bytes: /),
      'ok      verdicts: 389 verdicts add up to the manifest',
      'ok      data: 338 documents, in the same order as their verdicts',
      'ok      errors: 2 in errors/, 2 in the manifest',
      '',
      `${out} matches its manifest`,
      '',
    ])
  })

  test('of some shards: what those hold, as their tasks counted it', async () => {
    const { code, stdout } = await decant(['verify', out, '--sample', '0.5'])
    expect([code, stdout]).toEqual([0, expect.stringMatching(/matches, as far as 3 of 5 shards tell, its manifest/)])
    expect(stdout).toMatch(/ok {6}verdicts: 202 verdicts add up/)
    const codes: (number | null)[] = []
    for (let shard = 0; shard < 5; shard++) {
      const file = join(out, `verdicts/0000${shard}.parquet`)
      const before = readFileSync(file)
      flip(500)(file)
      codes.push((await decant(['verify', out, '--sample', '0.5'])).code)
      writeFileSync(file, before)
    }
    expect(codes.filter((each) => each === 1)).toHaveLength(3)
  })

  test('holds for measured and audited runs', async () => {
    const pipeline = fileWith(dir, 'measured.yaml', twoPasses)
    for (const [name, flags] of [
      ['measured', { measure: true }],
      ['audited', { audit: 0.5 }],
    ] as const) {
      const folder = join(dir, name)
      await runHere(pipeline, join(crawl, '*.warc.gz'), folder, flags)
      const { code, stdout } = await decant(['verify', folder])
      expect([code, stdout.includes('FAILED')]).toEqual([0, false])
    }
  })
})
