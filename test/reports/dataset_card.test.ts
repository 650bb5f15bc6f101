import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { needPlan } from '../../src/pipeline/run_folder.ts'
import { datasetCard, sizeCategory } from '../../src/reports/dataset_card.ts'
import type { Manifest } from '../../src/reports/manifest.ts'
import { crawl, decant, fileWith, readJson, temporaryFolder } from '../support.ts'

const dir = temporaryFolder()

test.each([
  [0, 'n<1K'],
  [999, 'n<1K'],
  [1000, '1K<n<10K'],
  [2_500_000, '1M<n<10M'],
  [3e9, '1B<n<10B'],
  [2e12, 'n>1T'],
])('%d rows are %s', (rows, expected) => {
  expect(sizeCategory(rows)).toBe(expected)
})

test('a card says what load_dataset must know, what was removed, and how to make it again', async () => {
  const out = join(dir, 'run')
  const pipeline = fileWith(
    dir,
    'p.yaml',
    'name: card\ndescription: Long pages.\nsteps:\n  - extract_html\n  - char_count: {min: 100, max: 9000}\n',
  )
  expect((await decant(['run', pipeline, '-i', `${crawl}CC-MAIN-20250512-00000.warc.gz`, '-o', out, '-w', '0'])).code).toBe(0)
  const configs = [
    { name: 'default', folder: 'data', features: { text: 'string', token_count: 'int64' }, rows: 70, bytes: 1234 },
    { name: 'verdicts', folder: 'verdicts', features: { id: 'string' }, rows: 90, bytes: 567 },
  ]
  const card = datasetCard(needPlan(out), readJson<Manifest>(join(out, 'manifest.json')), configs, 'decant run p.yaml')
  const [, front = '', body = ''] = card.split('---\n', 3)
  expect(parse(front)).toMatchObject({
    configs: [
      { config_name: 'default', default: true, data_files: [{ split: 'train', path: 'data/*.parquet' }] },
      { config_name: 'verdicts', data_files: [{ split: 'train', path: 'verdicts/*.parquet' }] },
    ],
    dataset_info: [
      {
        config_name: 'default',
        features: [
          { name: 'text', dtype: 'string' },
          { name: 'token_count', dtype: 'int64' },
        ],
      },
      { config_name: 'verdicts', splits: [{ name: 'train', num_bytes: 567, num_examples: 90 }] },
    ],
  })
  const stable = body.replaceAll(crawl, '').replace(/`[0-9a-f]{16}`/, '`HASH`')
  await expect(stable).toMatchFileSnapshot('../snapshots/dataset_card.txt')
})
