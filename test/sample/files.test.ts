import { copyFileSync, cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { mix } from '../../src/commands/sample.ts'
import { parseTokens, shownTokens } from '../../src/sample/budget.ts'
import { type SampleManifest, sampleManifest } from '../../src/sample/manifest.ts'
import { writeParquet, writeTokens } from '../../src/sample/materialize.ts'
import { readSample } from '../../src/sample/open_sample.ts'
import { verifySample } from '../../src/sample/verify_sample.ts'
import { tokenEncoder } from '../../src/tokenizers/token_counter.ts'
import { crawl, decant, fileWith, parquetRows, readJson, temporaryFolder } from '../support.ts'
import { armsOf, draw, measureHere, rowsOf } from './support.ts'

const dir = temporaryFolder()
const measured = join(dir, 'measured')
/** The same pipeline on other pages. */
const other = join(dir, 'other')
const out = join(dir, 'sample')
let manifest: SampleManifest

beforeAll(async () => {
  const steps = 'steps:\n  - read\n  - extract_html\n  - detect_language\n'
  const all = fileWith(dir, 'all.yaml', `name: all\n${steps}  - token_count\n  - write\n`)
  const masked = fileWith(
    dir,
    'masked.yaml',
    `name: masked\n${steps}  - word_count: {min: 60}\n  - token_count\n  - mask_emails\n  - write\n`,
  )
  await measureHere([all, masked], [`${crawl}*-0000[0-2].warc.gz`], measured)
  await measureHere([all], [`${crawl}*-0000[34].warc.gz`], other)
  const arms = await armsOf(measured, 'all', 'masked')
  manifest = await draw(out, { arms: [...arms, { ...arms[0]!, name: 'control', duplicated: 0.5 }], budget: 12_000 })
}, 120_000)

async function verdictOf(sample: string): Promise<Record<string, boolean>> {
  const checks: Record<string, boolean> = {}
  for await (const { name, ok } of verifySample(sample, true, () => {})) checks[name] = ok
  return checks
}

test('a sample is what its manifest says, and the manifest what its schema says', async () => {
  expect(await verdictOf(out)).toEqual({
    files: true,
    sources: true,
    'rows and counts': true,
    'texts of all, seed 1': true,
    'texts of masked, seed 1': true,
    'texts of control, seed 1': true,
  })
  expect(sampleManifest.parse(readJson(join(out, 'manifest.json')))).toEqual(manifest)
  expect(readJson<{ required: string[] }>(join(out, 'manifest.schema.json')).required).toContain('arms')
  expect(manifest.arms[1]!.parts[0]!.edited_after_counting).toEqual(['mask_emails'])
})

describe('what has changed is found', () => {
  const copy = (name: string): string => {
    cpSync(out, join(dir, name), { recursive: true })
    return join(dir, name)
  }
  test('rows of an arm', async () => {
    const other = copy('rows')
    copyFileSync(join(other, 'masked-seed1.parquet'), join(other, 'all-seed1.parquet'))
    expect(await verdictOf(other)).toEqual({ files: false, sources: true })
  })
  test('a count in the manifest', async () => {
    const other = copy('count')
    const changed = readSample(other)
    changed.arms[0]!.tokens++
    writeFileSync(join(other, 'manifest.json'), JSON.stringify(changed))
    expect(await verdictOf(other)).toMatchObject({ files: true, sources: true, 'rows and counts': false })
  })
  test('a text of the measured run', async () => {
    const other = copy('text')
    const path = join(measured, 'all/data/00000.parquet')
    const bytes = readFileSync(path)
    writeFileSync(path, Buffer.concat([bytes.subarray(0, 100), Buffer.from([bytes[100]! ^ 1]), bytes.subarray(101)]))
    expect(await verdictOf(other)).toEqual({ files: true, sources: false })
    writeFileSync(path, bytes)
  })
  test('what was written for training', async () => {
    const other = copy('written')
    const { code, stdout } = await decant(['sample', 'materialize', other, '--tokens-bin', '--parquet', '--arms', 'all'])
    expect([code, stdout]).toEqual([0, expect.stringContaining('tokens with ends of text')])
    expect(await verdictOf(other)).toMatchObject({ 'texts and tokens written': true, 'rows and counts': true })
    writeFileSync(join(other, 'tokens/all-seed1/00000_tokens.ds'), 'cut')
    expect(await verdictOf(other)).toMatchObject({ 'texts and tokens written': false })
    const quiet = await decant(['sample', 'verify', other, '--json', '--no-texts'])
    expect([quiet.code, (JSON.parse(quiet.stdout) as { ok: boolean }).ok]).toEqual([1, false])
  })
  test('by the command, with exit code 1', async () => {
    const other = copy('command')
    writeFileSync(join(other, 'all-seed1.parquet'), 'no')
    const { code, stdout } = await decant(['sample', 'verify', other])
    expect([code, stdout.includes('FAILED  files: all-seed1.parquet has changed')]).toEqual([1, true])
  })
})

test('texts as Parquet: the documents of the rows, as often as they say', async () => {
  for (const arm of manifest.arms) {
    const to = join(dir, 'parquet', arm.name)
    expect(await writeParquet(out, manifest, arm, to, () => {})).toEqual({ documents: arm.documents })
    const texts = (await Promise.all(arm.shards.map((_, i) => parquetRows(join(to, `0000${i}.parquet`))))).flat()
    const rows = (await rowsOf(out, manifest))[`${arm.name}-seed1`]!
    expect(texts.map(({ id }) => id)).toEqual(rows.flatMap(({ id, repeats }) => Array.from({ length: repeats }, () => id)))
  }
})

describe('tokens', () => {
  const encode = tokenEncoder('gpt2')
  const expected = async (): Promise<number[][]> => {
    const rows = (await rowsOf(out, manifest))['control-seed1']!
    const texts = (await Promise.all([0, 1, 2].map((i) => parquetRows(join(measured, `all/data/0000${i}.parquet`))))).flat()
    const byId = new Map(texts.map(({ id, text }) => [id, String(text)]))
    return rows.flatMap(({ id, repeats }) => Array.from({ length: repeats }, () => [...encode(byId.get(id)!), 50_256]))
  }
  const numbers = <T>(bytes: Buffer, kind: new (buffer: ArrayBuffer) => T): T => new kind(new Uint8Array(bytes).buffer)

  test('for datatrove and nanotron', async () => {
    const to = join(dir, 'tokens')
    const { tokens } = await writeTokens(out, manifest, manifest.arms[2]!, { dir: to, format: 'datatrove', onShard: () => {} })
    const all = numbers(readFileSync(join(to, '00000_tokens.ds')), Uint16Array)
    const documents = await expected()
    expect(tokens).toBe(all.length)
    expect(Array.from(all)).toEqual(documents.flat())
    let end = 0
    const ends = documents.map(({ length }) => BigInt((end += length)))
    expect(Array.from(numbers(readFileSync(join(to, '00000_tokens.ds.index')), BigUint64Array))).toEqual(ends)
    expect(readFileSync(join(to, '00000_tokens.ds.metadata'), 'utf8').split('\n').slice(0, 2)).toEqual(['gpt2|2', String(tokens)])
  })

  test('for Megatron', async () => {
    const to = join(dir, 'megatron')
    await writeTokens(out, manifest, manifest.arms[2]!, { dir: to, format: 'megatron', onShard: () => {} })
    const documents = await expected()
    const index = readFileSync(join(to, '00000_tokens.idx'))
    const n = documents.length
    expect(index.subarray(0, 9).toString('latin1')).toBe('MMIDIDX\0\0')
    expect([index.readBigUInt64LE(9), index[17], index.readBigUInt64LE(18), index.readBigUInt64LE(26)]).toEqual([
      1n,
      8,
      BigInt(n),
      BigInt(n + 1),
    ])
    const sizes = numbers(index.subarray(34, 34 + 4 * n), Int32Array)
    const starts = numbers(index.subarray(34 + 4 * n, 34 + 12 * n), BigInt64Array)
    expect(Array.from(sizes)).toEqual(documents.map(({ length }) => length))
    expect(starts.at(-1)).toBe(BigInt(2 * documents.slice(0, -1).flat().length))
    expect(Array.from(numbers(index.subarray(34 + 12 * n), BigInt64Array))).toEqual(Array.from({ length: n + 1 }, (_, i) => BigInt(i)))
  })
})

test('a mix gives each source its share, and replay keeps the total', async () => {
  const flags = { seeds: [1], tokenizer: 'gpt2' as const, quiet: true }
  await mix([`${measured}:all=3`, `${other}:all=1`], { ...flags, tokens: '12K', output: join(dir, 'mix') })
  const { arms } = readSample(join(dir, 'mix'))
  expect(arms.map(({ name }) => name)).toEqual(['mix'])
  const [three, one] = [arms[0]!.parts[0]!, arms[0]!.parts[1]!]
  expect([three.share, one.share, one.tokens > 2000, one.tokens < 4000]).toEqual([0.75, 0.25, true, true])
  const rows = (await rowsOf(join(dir, 'mix'), readSample(join(dir, 'mix'))))['mix-seed1']!
  const last = rows.filter(({ part }) => part === 0).reduce((a, b) => (a.key > b.key ? a : b))
  expect([arms[0]!.tokens >= 12_000, arms[0]!.tokens - last.tokens < 12_000]).toEqual([true, true])
  await mix([`${measured}:masked`, `${other}:all`], { ...flags, tokens: '10K', output: join(dir, 'replay'), replay: [0, 0.05] })
  const replay = readSample(join(dir, 'replay'))
  expect(replay.arms.map(({ name, parts }) => [name, parts.map(({ share }) => share)])).toEqual([
    ['replay-0', [1]],
    ['replay-0.05', [0.95, 0.05]],
  ])
  expect(await verdictOf(join(dir, 'replay'))).toMatchObject({ 'rows and counts': true })
})

describe('budgets', () => {
  test.each([
    ['28B', 28e9],
    ['2.5M', 2.5e6],
    ['360b', 360e9],
    ['360_000', 360_000],
    ['1,000', 1000],
    ['0.35T', 350e9],
  ])('%s', (text, tokens) => expect(parseTokens(text)).toBe(tokens))
  test.each([['-1'], ['0'], ['B'], ['28 X'], [''], ['1e9']])('"%s" is none', (text) =>
    expect(() => parseTokens(text)).toThrow('not a number of tokens'),
  )
  test('are shown as they are written, rounded down', () => {
    expect([28e9, 2.5e6, 360_000, 12].map(shownTokens)).toEqual(['28B', '2.5M', '360K', '12'])
    expect([60_566, 238_769, 999_999].map(shownTokens)).toEqual(['60.5K', '238K', '999K'])
  })
})

describe('mistakes are told', () => {
  test.each([
    [['sample', measured, '--tokens', '1K', '-o', 'x'], 'missing --arms: the pipelines to sample'],
    [['sample', measured, '--arms', 'all', '-o', 'x'], 'missing --tokens: tokens for each arm'],
    [['sample', measured, '--arms', 'all', '--tokens', '1K'], 'missing -o: output folder'],
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
    [['power', '--sd', '-1', '--gap', '1'], 'Expected a number above 0'],
    [['sample', 'verify', dir], 'no sample here'],
    [['mix', `${measured}:all`, '--replay', '0.1', '--tokens', '1K', '-o', 'x'], '--replay needs two sources'],
  ])('%j', async (args, message) => {
    const { code, stderr } = await decant(args)
    expect([code, stderr.includes(message) ? message : stderr]).toEqual([2, message])
  })
})
