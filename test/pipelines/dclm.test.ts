import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readConfig } from '../../src/pipeline/config.ts'
import { makePlan } from '../../src/pipeline/plan.ts'
import { fileWith, temporaryFolder } from '../support.ts'
import { funnelOf, pipelineFile } from './support.ts'

const dir = temporaryFolder()

test('the small crawl', async () => {
  expect(await funnelOf('dclm', `${dir}/run`)).toEqual({
    kept: 94,
    removed: {
      // As many as RefinedWeb's MinHash finds.
      'bloom_dedup.empty': 14,
      'duplicate_line_ratio.max': 9,
      'extract_html.empty': 44,
      'language_score.above': 197,
      'read.status': 10,
      'stop_word_count.min': 13,
      'url_domain_count.max': 3,
      'url_substring_count.max': 4,
      'url_word_count.max': 1,
    },
  })
})

test('the classifier, once uncommented without its file, says what is missing', async () => {
  const text = readFileSync(pipelineFile('dclm.yaml'), 'utf8').replace('# - fasttext_score', '- fasttext_score')
  const here = text.replaceAll('rules/', pipelineFile('rules/')).replaceAll('lists/', pipelineFile('lists/'))
  await expect(
    makePlan(readConfig(fileWith(dir, 'dclm.yaml', here)), [], { measure: false, audit: 0, keep_removed: false, limit: null }),
  ).rejects.toThrow(':21: fasttext_score.model: no such file: openhermes_reddit_eli5_vs_rw_v2_bigram_200k_train.bin')
})
