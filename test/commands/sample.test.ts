import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { mix } from '../../src/commands/sample.ts'
import { readSample } from '../../src/sample/open_sample.ts'
import { type CrawlSample, checksOf, measureDocuments, rowsOf, sampleCrawl } from '../sample/support.ts'
import { decant, temporaryFolder } from '../support.ts'

const dir = temporaryFolder()
const [measured, out] = [join(dir, 'measured'), join(dir, 'sample')]
let sample: CrawlSample

beforeAll(async () => {
  sample = await sampleCrawl(dir)
}, 120_000)

test('a mix gives each source its share, and replay keeps the total', async () => {
  const flags = { seeds: [1], tokenizer: 'gpt2' as const, quiet: true }
  await mix([`${sample.measured}:all=3`, `${sample.other}:all=1`], { ...flags, tokens: '12K', output: join(dir, 'mix') })
  const { arms } = readSample(join(dir, 'mix'))
  expect(arms.map(({ name }) => name)).toEqual(['mix'])
  const [three, one] = [arms[0]!.parts[0]!, arms[0]!.parts[1]!]
  expect([three.share, one.share, one.tokens > 2000, one.tokens < 4000]).toEqual([0.75, 0.25, true, true])
  const rows = (await rowsOf(join(dir, 'mix'), readSample(join(dir, 'mix'))))['mix-seed1']!
  const last = rows.filter(({ part }) => part === 0).reduce((a, b) => (a.key > b.key ? a : b))
  expect([arms[0]!.tokens >= 12_000, arms[0]!.tokens - last.tokens < 12_000]).toEqual([true, true])
  await mix([`${sample.measured}:masked`, `${sample.other}:all`], {
    ...flags,
    tokens: '10K',
    output: join(dir, 'replay'),
    replay: [0, 0.05],
  })
  const replay = readSample(join(dir, 'replay'))
  expect(replay.arms.map(({ name, parts }) => [name, parts.map(({ share }) => share)])).toEqual([
    ['replay-0', [1]],
    ['replay-0.05', [0.95, 0.05]],
  ])
  expect(await checksOf(join(dir, 'replay'))).toMatchObject({ 'rows and counts': true })
})

test('documents that share an id are told by compare and sample', async () => {
  const words = (n: number) => Array.from({ length: n }, (_, i) => `word${i}`).join(' ')
  const shards = [
    [
      { id: 'twice', text: words(5) },
      { id: 'once', text: words(6) },
    ],
    [{ id: 'twice', text: words(7) }],
  ]
  const documents = await measureDocuments(dir, shards, 'word_count: {min: 1}', 'token_count')
  const said = '2 documents share their id with another one (1 id), such as twice (shard 0, row 0; shard 1, row 0)'
  const plain = (text: string) => text.replace(/\s+/g, ' ')
  const report = join(dir, 'ids.html')
  const compared = await decant(['compare', documents, 'p', '--set', 'word_count.min=6', '--report', report])
  expect(plain(compared.stdout)).toContain(`note: ${said}`)
  expect(readFileSync(report, 'utf8')).toContain(said)
  const drawn = await decant(['sample', documents, '--arms', 'p', '--tokens', '1K', '--allow-short', '-o', join(dir, 'ids')])
  expect(plain(drawn.stdout)).toContain(`warning: ${said}; documents of one id are drawn together, or not at all`)
  expect(readSample(join(dir, 'ids')).duplicate_ids).toMatchObject({ documents: 2, ids: 1 })
  expect(await checksOf(join(dir, 'ids'))).toMatchObject({ 'rows and counts': true })
})

test('sample says how many held-out documents leak, or that nobody knows', async () => {
  const texts = Array.from({ length: 20 }, (_, n) => ({ id: `d${n}`, text: `this is text ${n >> 1} `.repeat(3 + (n >> 1)) }))
  const said = async (folder: string): Promise<string> => {
    const flags = ['--arms', 'p', '--tokens', '10K', '--held-out', '100', '--allow-short', '-o', `${folder}.sample`]
    const { stdout } = await decant(['sample', folder, ...flags])
    return stdout.replace(/\s+/g, ' ')
  }
  const values = ['line_count', 'char_count', 'mean_word_length', 'unique_word_ratio', 'word_count', 'token_count']
  const told = await said(await measureDocuments(dir, [texts], ...values))
  const [, documents, copies] =
    /warning: (\d+) of \d+ held-out documents have copies elsewhere \(by equal length and 6 equal measures\): (\d+) in p/.exec(told)!
  expect(Number(documents)).toBeGreaterThan(0)
  expect(copies).toBe(documents)
  expect(await said(await measureDocuments(dir, [texts.slice(1)], 'token_count'))).toContain(
    'warning: whether arms hold copies of held-out documents is not known; measure a pipeline with a deduplication',
  )
})

describe('mistakes are named', () => {
  test.each([
    [['sample', measured, '--tokens', '1K', '-o', 'x'], 'missing --arms: the pipelines to sample'],
    [['sample', measured, '--arms', 'all', '-o', 'x'], 'missing --tokens: tokens for each arm'],
    [['sample', measured, '--arms', 'all', '--tokens', '1K'], 'missing -o: output folder'],
    [
      ['sample', measured, '--arms', 'all', '--tokens', '1K', '-o', 's3://bucket/x'],
      '-o s3://bucket/x: samples are drawn into local folders',
    ],
    [['sample', measured, '--arms', 'al', '--tokens', '1K', '-o', 'x'], 'al: no pipeline of that name; did you mean all?'],
    [['sample', measured, '--arms', 'raw', '--tokens', '1K', '-o', 'x'], 'holds no measured pipeline "raw"'],
    [['sample', measured, '--arms', 'all,all', '--tokens', '1K', '-o', 'x'], 'two arms are named "all"'],
    [['sample', measured, '--arms', 'all', '--tokens', '1K', '-o', out], 'the folder is not empty'],
    [['sample', measured, '--arms', 'all', '--tokens', '1K', '-o', 'x', '--pin', 'colour'], '"colour" cannot be pinned'],
    [
      ['sample', measured, '--arms', 'all', '--tokens', '1K', '-o', 'x', '--clusters', 'no'],
      '--clusters no: no measured pipeline of that name',
    ],
    [['sample', measured, '--arms', 'all', '--tokens', '1K', '-o', 'x', '--weight', 'words'], '--weight words: all has not measured it'],
    [['sample', measured, '--arms', 'all', '--tokens', '1K', '-o', 'x', '--clusters', 'all'], 'does not look for duplicates'],
    [['mix', `${measured}:all`, `${measured}:masked`, '--tokens', '1K', '-o', 'x'], 'documents would be drawn twice'],
    [['power', '--sd', '-1', '--gap', '1'], 'expected a number above 0'],
    [['sample', 'verify', dir], 'no sample here'],
    [['mix', `${measured}:all`, '--replay', '0.1', '--tokens', '1K', '-o', 'x'], '--replay needs two sources'],
  ])('%j', async (args, message) => {
    const { code, stderr } = await decant(args)
    expect([code, stderr.includes(message) ? message : stderr]).toEqual([2, message])
  })
})
