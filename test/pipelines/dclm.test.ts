import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readConfig } from '../../src/pipeline/config.ts'
import { makePlan } from '../../src/pipeline/make_plan.ts'
import { fileWith, temporaryFolder } from '../support.ts'
import { pipelineFile } from './support.ts'

const dir = temporaryFolder()

test('the classifier, once uncommented without its file, says what is missing', async () => {
  const text = readFileSync(pipelineFile('dclm.yaml'), 'utf8').replace('# - fasttext_score', '- fasttext_score')
  const here = text.replaceAll('rules/', pipelineFile('rules/')).replaceAll('lists/', pipelineFile('lists/'))
  await expect(
    makePlan(readConfig(fileWith(dir, 'dclm.yaml', here)), [], { measure: false, audit: 0, keep_removed: false, limit: null }),
  ).rejects.toThrow(':40: fasttext_score.model: no such file: openhermes_reddit_eli5_vs_rw_v2_bigram_200k_train.bin')
})
