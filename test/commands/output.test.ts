import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Manifest } from '../../src/reports/manifest.ts'
import { decant, filesBelow, fileWith, htmlResponse, jsonLines, parquetRows, readJson, runHere, temporaryFolder } from '../support.ts'

const dir = temporaryFolder()
const texts = ['a good text', 'tiny', 'a good text', 'a text that is too long for it', 'another text']
const documents = texts.map((text, i) => ({ id: 'abcde'[i]!, url: `https://example.org/${'abcde'[i]}`, text }))
const said = async (...args: string[]): Promise<string> => {
  const { code, stdout, stderr } = await decant(args, { cwd: dir })
  expect([code, stderr]).toEqual([0, ''])
  return stdout.trimEnd()
}
const inDir = (name: string): string => join(dir, name)

beforeAll(async () => {
  fileWith(
    dir,
    'p.yaml',
    'name: tiny\ndescription: three rules\nsteps:\n  - extract_html: {max_bytes: 300}\n  - char_count: {min: 5}\n  - exact_dedup: {partitions: 1}\n  - char_count: {max: 20, as: chars_after}\n',
  )
  const lines = [...documents.map((doc) => JSON.stringify(doc)), '{"id":"f"}']
  fileWith(dir, '0.jsonl', `${lines.join('\n')}\n`)
  fileWith(dir, '1.warc.gz', gzipSync(htmlResponse('big', `<p>${'too much '.repeat(100)}</p>`)))
  await decant(['run', 'p.yaml', '-i', '0.jsonl', '1.warc.gz', '-o', 'r', '-w', '0', '-q'], { cwd: dir })
})

const funnel = [
  'step         keeps             documents  removed  of these',
  '───────────  ────────────────  ─────────  ───────  ────────',
  'char_count   ≥ 5                       5        1    20.0 %',
  'exact_dedup  one of each text          4        1    25.0 %',
  'chars_after  ≤ 20                      3        1    33.3 %',
  'kept                                   2             40.0 %',
]

test('run', async () => {
  const { code, stdout, stderr } = await decant(['run', 'p.yaml', '-i', '0.jsonl', '1.warc.gz', '-o', 'r', '-w', '0'], { cwd: dir })
  expect([code, stderr]).toEqual([0, expect.stringMatching(/^tiny: 2 shards, \d+ B, 3 passes → r\n$/)])
  expect(stdout.split('\n')).toEqual([
    '',
    ...funnel,
    '',
    '7 records read · 2 kept · 3 removed · 2 errors · 0 without HTML or text',
    'errors: no_text 1, page_too_large 1 (listed in r/errors/)',
    'note: 28.6 % of the records are unusable; --fail-above SHARE fails such a run',
    '',
    'sample verdicts',
    expect.stringMatching(/^ {2}kept {5}https:\/\/example.org\/[ae]$/),
    '           11 B of text',
    expect.stringMatching(/^ {2}removed {2}https:/),
    expect.any(String),
    expect.stringMatching(/^ {2}removed {2}https:/),
    expect.any(String),
    '',
    'data      r/data/*.parquet',
    'verdicts  r/verdicts/*.parquet',
    'manifest  r/manifest.json',
    'report    r/report.html',
    '',
    expect.stringMatching(/^0:0\d \(\d\.\d s\), 5 of 5 tasks already done$/),
    '',
  ])
})

test('status', async () => {
  expect((await said('status', 'r')).split('\n')).toEqual([
    'tiny in r: complete',
    '',
    'pass                   tasks  done',
    '─────────────────────  ─────  ────',
    '0                          2     2',
    '0-exact_dedup-compare      1     1',
    '1                          2     2',
    '',
    ...funnel,
  ])
})

test('plan', async () => {
  expect((await said('plan', 'p.yaml', '-i', '0.jsonl', '1.warc.gz', '-o', 'r')).split('\n')).toEqual(
    [
      'tiny: three rules',
      '',
      expect.stringMatching(/^inputs {2}2 files, \d+ B: 1 jsonl, 1 warc \(gzip\)$/),
      '',
      'pass                   tasks  done  steps',
      '─────────────────────  ─────  ────  ─────────────────────────────────────────────────────',
      '0                          2     2  read, extract_html, char_count, exact_dedup',
      '                                    (before)',
      '0-exact_dedup-compare      1     1  exact_dedup: compare',
      '1                          2     2  exact_dedup (after), chars_after, write',
      '',
      expect.stringMatching(/^disk {4}at most about \d+ B: /),
      expect.stringMatching(/^ {8}\S/),
    ].map((line) => (typeof line === 'string' && line.startsWith('─') ? expect.stringMatching(/^─{21} {2}─{5} {2}─{4} {2}─+$/) : line)),
  )
})

describe('why', () => {
  test('a document that a filter removed, by URL', async () => {
    expect((await said('why', 'r', 'https://example.org/d')).split('\n')).toEqual([
      'id      d',
      'url     https://example.org/d',
      'shard   00000 (0.jsonl), document 3',
      'verdict removed by chars_after.max',
      '',
      '   step          measures                                                  keeps',
      '─  ────────────  ────────────────────────────────────────────────────────  ─────',
      '   extract_html  no change',
      '✓  char_count    30                                                        ≥ 5',
      '·  exact_dedup   decided on all documents together; not removed here in',
      '                 the run',
      '✗  chars_after   30                                                        ≤ 20',
      '',
      'text after all steps (30 characters)',
      'a text that is too long for it',
    ])
  })

  test('a document that a barrier removed, by id', async () => {
    expect((await said('why', 'r', 'c', '--no-text')).split('\n')).toEqual([
      'id      c',
      'url     https://example.org/c',
      'shard   00000 (0.jsonl), document 2',
      'verdict removed by exact_dedup.duplicate',
      '',
      '   step          measures                                   keeps',
      '─  ────────────  ─────────────────────────────────────────  ─────',
      '   extract_html  no change',
      '✓  char_count    11                                         ≥ 5',
      '✗  exact_dedup   removed in the run: exact_dedup.duplicate',
      '✓  chars_after   11                                         ≤ 20',
      '',
      'kept instead: a (similarity 1; 2 documents in all)',
    ])
  })

  test('a document that is kept, as JSON', async () => {
    expect(JSON.parse(await said('why', 'r', 'e', '--json'))).toEqual({
      id: 'e',
      url: 'https://example.org/e',
      reason: null,
      tokens: null,
      metadata: { file_path: '0.jsonl' },
      steps: [
        { label: 'extract_html', kind: 'stage' },
        { label: 'char_count', kind: 'filter', value: 12, bounds: { min: 5 } },
        { label: 'exact_dedup', kind: 'barrier', note: 'decided on all documents together; not removed here in the run' },
        { label: 'chars_after', kind: 'filter', value: 12, bounds: { max: 20 } },
      ],
      text: 'another text',
    })
  })

  test.each(['https://example.org/big', 'urn:uuid:big', '<urn:uuid:big>'])('a document that could not be used: %s', async (name) => {
    expect((await said('why', 'r', name)).split('\n')).toEqual([
      '<urn:uuid:big> https://example.org/big',
      'unusable: page_too_large: 907 bytes are more than max_bytes (300)',
      'in 1.warc.gz',
    ])
  })
})

describe('flags of run', () => {
  const run = (out: string, flags: Parameters<typeof runHere>[3]) =>
    runHere(inDir('p.yaml'), [inDir('0.jsonl'), inDir('1.warc.gz')], inDir(out), flags)
  const ids = async (out: string): Promise<unknown[]> => (await parquetRows(inDir(`${out}/data/00000.parquet`))).map(({ id }) => id)
  const verdicts = async (out: string): Promise<unknown[][]> =>
    (await parquetRows(inDir(`${out}/verdicts/00000.parquet`))).map(({ id, reason, char_count, chars_after }) => [
      id,
      reason,
      char_count,
      chars_after,
    ])

  test('none: a document is measured until it breaks a rule', async () => {
    expect(await ids('r')).toEqual(['a', 'e'])
    expect(await verdicts('r')).toEqual([
      ['a', null, 11, 11],
      ['b', 'char_count.min', 4, null],
      ['c', 'exact_dedup.duplicate', 11, null],
      ['d', 'chars_after.max', 30, 30],
      ['e', null, 12, 12],
    ])
  })

  test('--measure: everything is measured, and what would be dropped is kept', async () => {
    await run('measure', { measure: true })
    expect(await ids('measure')).toEqual(['a', 'b', 'c', 'd', 'e'])
    expect(await verdicts('measure')).toEqual([
      ['a', null, 11, 11],
      ['b', 'char_count.min', 4, 4],
      ['c', 'exact_dedup.duplicate', 11, 11],
      ['d', 'chars_after.max', 30, 30],
      ['e', null, 12, 12],
    ])
  })

  test('--audit: everything is measured on that share, and dropped all the same', async () => {
    await run('audit', { audit: 1 })
    expect(await ids('audit')).toEqual(['a', 'e'])
    expect(await verdicts('audit')).toEqual(await verdicts('measure'))
  })

  test('--keep-removed: texts with their reasons', async () => {
    await run('removed', { keepRemoved: true })
    expect(await parquetRows(inDir('removed/removed/00000.parquet'))).toEqual(
      [1, 2, 3].map((i) => ({
        ...documents[i],
        reason: ['', 'char_count.min', 'exact_dedup.duplicate', 'chars_after.max'][i],
        metadata: `{"file_path":${JSON.stringify(inDir('0.jsonl'))}}`,
      })),
    )
    // The same run without it takes them away again.
    await run('removed', {})
    expect(filesBelow(inDir('removed/removed'))).toEqual([])
  })

  test.each([
    [1, ['a'], 1],
    [4, ['a'], 4],
    [5, ['a', 'e'], 5],
    [6, ['a', 'e'], 7],
    [100, ['a', 'e'], 7],
  ])('--limit %i', async (limit, kept, read) => {
    const { manifest } = await run(`limit${limit}`, { limit })
    expect(await ids(`limit${limit}`)).toEqual(kept)
    expect(manifest.records.read).toBe(read)
    expect(manifest.options.limit).toBe(limit)
  })

  test('--fail-above', async () => {
    const run = ['run', 'p.yaml', '-i', '0.jsonl', '1.warc.gz', '-o', 'r', '-w', '0', '-q', '--fail-above']
    expect((await decant([...run, '0.3'], { cwd: dir })).code).toBe(0)
    expect(await decant([...run, '0.28'], { cwd: dir })).toEqual({
      code: 1,
      signal: null,
      stdout: '',
      stderr: 'decant: 2 of 7 records (28.6 %) are unusable, more than --fail-above 0.28\n',
    })
  })

  test('-q prints nothing, --json one object a line', async () => {
    const args = ['run', 'p.yaml', '-i', '0.jsonl', '1.warc.gz', '-o', 'json', '-w', '0']
    expect(await said(...args, '-q')).toBe('')
    const events = jsonLines<{ event: string; pass: string; index: number; reused: boolean }>(
      await said(...args, '--json', '--set', 'chars_after.max=25'),
    )
    expect(events.filter(({ event }) => event === 'task').map(({ pass, index, reused }) => [pass, index, reused])).toEqual([
      ['0', 0, true],
      ['0', 1, true],
      ['0-exact_dedup-compare', 0, true],
      ['1', 0, false],
      ['1', 1, false],
    ])
    expect(events.at(-1)).toEqual({
      event: 'done',
      seconds: expect.any(Number),
      reused: 3,
      manifest: 'json/manifest.json',
      records: readJson<Manifest>(inDir('json/manifest.json')).records,
    })
  })
})
