import { expect, test } from 'vitest'
import { readConfig } from '../../src/pipeline/config.ts'
import { loadStep } from '../../src/pipeline/registry.ts'
import { crawl, filesBelow, parquetRows, runHere, temporaryFolder } from '../support.ts'
import { pipelineFile } from './support.ts'

const dir = temporaryFolder()

test('every page has every signal', async () => {
  await runHere(pipelineFile('all-signals.yaml'), `${crawl}*-0000[03].warc.gz`, dir)
  const { steps } = readConfig(pipelineFile('all-signals.yaml'))
  const kinds = await Promise.all(steps.map(async ({ step: stepName }) => (await loadStep(stepName)).kind))
  const signals = steps.filter((_, i) => kinds[i] === 'filter').map(({ label }) => label)
  expect(signals).toContain('rps_doc_frac_chars_dupe_10grams')
  for (const file of filesBelow(`${dir}/verdicts`)) {
    for (const row of await parquetRows(`${dir}/verdicts/${file}`)) {
      if (row['reason'] !== null) continue
      expect(signals.filter((signal) => !Number.isFinite(row[signal]))).toEqual([])
    }
  }
})
