import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { sampleManifest } from '../../src/sample/manifest.ts'
import { readSample } from '../../src/sample/open_sample.ts'
import { decant, readJson, temporaryFolder } from '../support.ts'
import { type CrawlSample, checksOf, copyOf, sampleCrawl } from './support.ts'

const dir = temporaryFolder()
let sample: CrawlSample

beforeAll(async () => {
  sample = await sampleCrawl(dir)
}, 120_000)

test('a sample is what its manifest says, and the manifest what its schema says', async () => {
  expect(await checksOf(sample.out)).toEqual({
    files: true,
    sources: true,
    'rows and counts': true,
    'texts of all, seed 1': true,
    'texts of masked, seed 1': true,
    'texts of control, seed 1': true,
  })
  expect(sampleManifest.parse(readJson(join(sample.out, 'manifest.json')))).toEqual(sample.manifest)
  expect(readJson<{ required: string[] }>(join(sample.out, 'manifest.schema.json')).required).toContain('arms')
  expect(sample.manifest.arms[1]!.parts[0]!.edited_after_counting).toEqual(['mask_emails'])
})

describe('what has changed is found', () => {
  test('rows of an arm', async () => {
    const copy = copyOf(sample.out, 'rows')
    copyFileSync(join(copy, 'masked-seed1.parquet'), join(copy, 'all-seed1.parquet'))
    expect(await checksOf(copy)).toEqual({ files: false, sources: true })
  })
  test('a count in the manifest', async () => {
    const copy = copyOf(sample.out, 'count')
    const changed = readSample(copy)
    changed.arms[0]!.tokens++
    writeFileSync(join(copy, 'manifest.json'), JSON.stringify(changed))
    expect(await checksOf(copy)).toMatchObject({ files: true, sources: true, 'rows and counts': false })
  })
  test('a text of the measured run', async () => {
    const copy = copyOf(sample.out, 'text')
    const path = join(sample.measured, 'all/data/00000.parquet')
    const bytes = readFileSync(path)
    writeFileSync(path, Buffer.concat([bytes.subarray(0, 100), Buffer.from([bytes[100]! ^ 1]), bytes.subarray(101)]))
    expect(await checksOf(copy)).toEqual({ files: true, sources: false })
    writeFileSync(path, bytes)
  })
  test('what was written for training', async () => {
    const copy = copyOf(sample.out, 'written')
    const { code, stdout } = await decant(['sample', 'materialize', copy, '--tokens-bin', '--parquet', '--arms', 'all'])
    expect([code, stdout.replaceAll('\n', ' ')]).toEqual([0, expect.stringContaining('tokens with ends of text')])
    expect(await checksOf(copy)).toMatchObject({
      'texts and tokens written': true,
      'order of the tokens of all, seed 1': true,
      'rows and counts': true,
    })
    const index = join(copy, 'tokens/all-seed1/00000_tokens.ds.index')
    const ends = readFileSync(index)
    ends.writeBigUInt64LE(ends.readBigUInt64LE(8) - 1n, 8)
    writeFileSync(index, ends)
    expect(await checksOf(copy)).toMatchObject({ 'order of the tokens of all, seed 1': false })
    writeFileSync(join(copy, 'tokens/all-seed1/00000_tokens.ds'), 'cut')
    expect(await checksOf(copy)).toMatchObject({ 'texts and tokens written': false })
    const quiet = await decant(['sample', 'verify', copy, '--json', '--no-texts'])
    expect([quiet.code, (JSON.parse(quiet.stdout) as { ok: boolean }).ok]).toEqual([1, false])
  })
  test('by the command, with exit code 1', async () => {
    const copy = copyOf(sample.out, 'command')
    writeFileSync(join(copy, 'all-seed1.parquet'), 'no')
    const { code, stdout } = await decant(['sample', 'verify', copy])
    expect([code, stdout.includes('FAILED  files: all-seed1.parquet has changed')]).toEqual([1, true])
  })
})
