import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { decant, temporaryFolder } from '../support.ts'
import { type CrawlSample, checksOf, copyOf, sampleCrawl } from './support.ts'

const dir = temporaryFolder()
let sample: CrawlSample

beforeAll(async () => {
  sample = await sampleCrawl(dir)
}, 120_000)

test.each(['datatrove', 'megatron'])('a token of %s that has changed is found, though each document is as long', async (format) => {
  const copy = copyOf(sample.out, `tokens-${format}`)
  await decant(['sample', 'materialize', copy, '--tokens-bin', format, '--arms', 'masked'])
  const name = 'tokens of masked, seed 1'
  expect(await checksOf(copy)).toMatchObject({ 'texts and tokens written': true, [name]: true })
  expect(await checksOf(copy)).not.toHaveProperty('order of the tokens of masked, seed 1')
  const path = join(copy, `tokens/masked-seed1/00000_tokens.${format === 'datatrove' ? 'ds' : 'bin'}`)
  const tokens = readFileSync(path)
  tokens.writeUInt16LE(tokens.readUInt16LE(0) ^ 1, 0)
  writeFileSync(path, tokens)
  expect(await checksOf(copy)).toMatchObject({ [name]: false })
  const { stdout } = await decant(['sample', 'verify', copy, '--no-texts'])
  expect(stdout.replace(/\s+/g, ' ')).toContain(
    'order of the tokens of masked, seed 1: not checked by sizes, which mask_emails may have changed',
  )
})

test('two documents that changed places are found', async () => {
  const copy = copyOf(sample.out, 'swapped')
  await decant(['sample', 'materialize', copy, '--tokens-bin', '--arms', 'all'])
  const path = join(copy, 'tokens/all-seed1/00000_tokens.ds')
  const index = readFileSync(`${path}.index`)
  const [first, second] = [0, 8].map((at) => 2 * Number(index.readBigUInt64LE(at))) as [number, number]
  const tokens = readFileSync(path)
  writeFileSync(path, Buffer.concat([tokens.subarray(first, second), tokens.subarray(0, first), tokens.subarray(second)]))
  index.writeBigUInt64LE(BigInt((second - first) / 2), 0)
  writeFileSync(`${path}.index`, index)
  expect(await checksOf(copy)).toMatchObject({ 'order of the tokens of all, seed 1': false, 'tokens of all, seed 1': false })
})

test('the tokens of the held-out slice are checked as well', async () => {
  const flags = ['--arms', 'all', '--tokens', '8K', '--held-out', '3K', '--tokens-bin', '-o', join(dir, 'held')]
  expect((await decant(['sample', sample.measured, ...flags])).code).toBe(0)
  expect(await checksOf(join(dir, 'held'))).toMatchObject({ 'order of the tokens of held-out': true, 'tokens of held-out': true })
})
