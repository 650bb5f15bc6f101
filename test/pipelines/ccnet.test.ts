import { copyFileSync, cpSync, readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { decant, fileWith, products, repository, runHere, temporaryFolder } from '../support.ts'
import { funnelOf, pipelineFile } from './support.ts'

const dir = temporaryFolder()
// Of pages that are copies no copy stays.
const removed = { 'char_count.min': 2, 'extract_html.empty': 44, 'language_score.min': 169, 'line_dedup.empty': 46, 'read.status': 10 }
const crawl = `${repository}fixtures/crawl/*.warc.gz`

test.each(['ccnet', 'cc-100'])('%s on the small crawl', async (pipeline) => {
  expect(await funnelOf(pipeline, `${dir}/${pipeline}`)).toEqual({ kept: 118, removed })
})

/** A copy of a shipped pipeline beside small models under the names of CCNet's, with its steps uncommented. */
function withModels(pipeline: string): string {
  const own = `${dir}/pipelines`
  cpSync(pipelineFile('ccnet'), `${own}/ccnet`, { recursive: true })
  copyFileSync(`${repository}fixtures/models/language.quantised.trie`, `${own}/en.arpa.bin`)
  copyFileSync(`${repository}fixtures/models/unigram.sp.model`, `${own}/en.sp.model`)
  return fileWith(own, `${pipeline}.yaml`, readFileSync(pipelineFile(`${pipeline}.yaml`), 'utf8').replaceAll('  # - ', '  - '))
}

test.each<[pipeline: string, setting: string, more: Record<string, number>]>([
  ['ccnet', 'perplexity_bucket.max=2', {}],
  ['ccnet', 'perplexity_bucket.max=0', { 'perplexity_bucket.max': 114 }],
  ['cc-100', 'perplexity.below=340', { 'perplexity.below': 94 }],
])('%s with models, %s', async (pipeline, setting, more) => {
  const file = withModels(pipeline)
  const { manifest } = await runHere(file, crawl, `${dir}/${setting}`, { set: [setting] })
  const dropped = Object.values(more).reduce((sum, count) => sum + count, 0)
  expect([manifest.records.kept, manifest.records.removed]).toEqual([118 - dropped, { ...removed, ...more }])
})

test('threads that share a model give what one thread gives', async () => {
  const file = withModels('ccnet')
  const run = (workers: string) => decant(['run', file, '-i', crawl, '-o', `${dir}/${workers}`, '--workers', workers, '--quiet'])
  expect([(await run('2')).code, (await run('0')).code]).toEqual([0, 0])
  expect(products(`${dir}/2`)).toEqual(products(`${dir}/0`))
})

test('without its models, a step says what it needs', async () => {
  const own = `${dir}/none.yaml`
  writeFileSync(own, 'name: none\nsteps:\n  - read\n  - perplexity: { model: en.arpa.bin }\n  - write\n')
  await expect(runHere(own, crawl, `${dir}/none`)).rejects.toThrow(/none\.yaml:4: .*en\.arpa\.bin/)
})
