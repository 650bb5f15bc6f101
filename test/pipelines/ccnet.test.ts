import { copyFileSync, cpSync, readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { decant, fileWith, products, repository, runHere, temporaryFolder } from '../support.ts'
import { funnelOf, pipelineFile } from './support.ts'

const dir = temporaryFolder()
const crawl = `${repository}fixtures/crawl/*.warc.gz`

/** A copy of a shipped pipeline beside small models under the names of CCNet's, with its steps uncommented. */
function withModels(pipeline: string): string {
  const own = `${dir}/pipelines`
  cpSync(pipelineFile('ccnet'), `${own}/ccnet`, { recursive: true })
  copyFileSync(`${repository}fixtures/models/language.quantised.trie`, `${own}/en.arpa.bin`)
  copyFileSync(`${repository}fixtures/models/unigram.sp.model`, `${own}/en.sp.model`)
  return fileWith(own, `${pipeline}.yaml`, readFileSync(pipelineFile(`${pipeline}.yaml`), 'utf8').replaceAll('  # - ', '  - '))
}

test.each<[pipeline: string, setting: string, reason: string]>([
  ['ccnet', 'perplexity_bucket.max=2', ''],
  ['ccnet', 'perplexity_bucket.max=0', 'perplexity_bucket.max'],
  ['cc-100', 'perplexity.below=340', 'perplexity.below'],
])('%s with models, %s', async (pipeline, setting, reason) => {
  const without = await funnelOf(pipeline, `${dir}/${pipeline}-${setting}`)
  const { manifest } = await runHere(withModels(pipeline), crawl, `${dir}/${setting}`, { set: [setting] })
  const { [reason]: dropped = 0, ...removed } = manifest.records.removed
  expect(dropped > 0).toBe(reason !== '')
  expect([manifest.records.kept + dropped, removed]).toEqual([without.kept, without.removed])
})

test('threads that share a model give what one thread gives', async () => {
  const file = withModels('ccnet')
  const run = (workers: string) =>
    decant(['run', file, '-i', crawl.replace('*', '*-0000[03]'), '-o', `${dir}/${workers}`, '--workers', workers, '--quiet'])
  expect([(await run('2')).code, (await run('0')).code]).toEqual([0, 0])
  expect(products(`${dir}/2`)).toEqual(products(`${dir}/0`))
})

test('without its models, a step says what it needs', async () => {
  const own = `${dir}/none.yaml`
  writeFileSync(own, 'name: none\nsteps:\n  - read\n  - perplexity: { model: en.arpa.bin }\n  - write\n')
  await expect(runHere(own, crawl, `${dir}/none`)).rejects.toThrow(/none\.yaml:4: .*en\.arpa\.bin/)
})
