import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { sha256 } from '../../src/core/hash.ts'
import type { SampleManifest } from '../../src/sample/manifest.ts'
import { temporaryFolder } from '../support.ts'
import { armsOf, draw, keyByHand, measureDocuments, rowsOf } from './support.ts'

const dir = temporaryFolder()
const out = join(dir, 'sample')
const texts = ['one', 'one two', 'no', 'one two three', 'one two']
const shards = [
  texts.slice(0, 3).map((text, i) => ({ id: `d${i}`, text, language: 'en' })),
  texts.slice(3).map((text, i) => ({ id: `d${i + 3}`, text })),
]
let manifest: SampleManifest

beforeAll(async () => {
  const steps = ['char_count: {min: 3}', 'token_count', 'mask_emails', 'exact_dedup']
  const arms = await armsOf(await measureDocuments(dir, shards, ...steps), 'p')
  const control = { ...arms[0]!, name: 'control', duplicated: 0.5 }
  manifest = await draw(out, { arms: [arms[0]!, control], budget: 1000, allowShort: true, clusters: 'p' })
})

test('a row for each document taken: where its text is, its tokens, and how often it stands there', async () => {
  const rows = await rowsOf(out, manifest)
  const row = (shard: number, at: number, tokens: number, id: string) => ({
    ...{ source: 0, part: 0, shard, row: at, data_row: at, row_group: 0, row_in_group: at },
    ...{ id, tokens, repeats: 1, key: keyByHand(id, 1) },
  })
  // d2 is too short, and d4 a copy of d1.
  const expected = [row(0, 0, 1, 'd0'), row(0, 1, 2, 'd1'), row(1, 0, 3, 'd3')]
  expect(rows['p-seed1']).toEqual(expected)
  expect(rows['control-seed1']).toEqual(expected.map((each) => ({ ...each, repeats: 2 })))
})

test('counts by shard, language and copies', () => {
  const [arm, control] = manifest.arms as [SampleManifest['arms'][0], SampleManifest['arms'][0]]
  expect([arm.documents, arm.tokens, arm.repeated, arm.is_short]).toEqual([3, 6, { documents: 0, tokens: 0 }, true])
  expect([control.documents, control.tokens, control.repeated]).toEqual([6, 12, { documents: 3, tokens: 6 }])
  expect(arm.shards.map(({ path, documents, tokens }) => [path, documents, tokens])).toEqual([
    ['data/00000.parquet', 2, 3],
    ['data/00001.parquet', 1, 3],
  ])
  expect(arm.duplicates).toEqual({
    clusters_of: 'p',
    in_corpus: { '1': 3, '2': 0, '3–5': 0, '6–10': 0, '11–100': 0, more: 0 },
    in_sample: { '1': 3, '2': 0, '3–5': 0, '6–10': 0, '11–100': 0, more: 0 },
  })
  expect(control.duplicates!.in_sample).toMatchObject({ '1': 0, '2': 6 })
  expect(arm.parts.map(({ edited_after_counting, tokens }) => [edited_after_counting, tokens])).toEqual([[['mask_emails'], 6]])
  expect(arm.sha256).toBe(sha256(readFileSync(join(out, arm.file))))
})
