import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { allPages } from '../../fixtures/pages.ts'
import { Doc } from '../../src/core/doc.ts'
import { brokenBound, type Filter } from '../../src/core/filter.ts'
import { readConfig } from '../../src/pipeline/config.ts'
import { makePlan } from '../../src/pipeline/make_plan.ts'
import { loadStep } from '../../src/pipeline/registry.ts'
import { fileWith, temporaryFolder } from '../support.ts'

const dir = temporaryFolder()
const runOptions = { measure: false, audit: 0, keep_removed: false, limit: null }
const pipeline = fileWith(
  dir,
  'pipeline.yaml',
  `name: urls\nsteps:\n  - include: ${fileURLToPath(new URL('../../pipelines/rules/url_blocklist.yaml', import.meta.url))}\n`,
)

test('catches the pages made for it, and no others', async () => {
  const plan = await makePlan(readConfig(pipeline), [], runOptions)
  const [pass] = plan.passes
  const steps = pass?.kind === 'shards' ? pass.steps.filter(({ kind }) => kind === 'filter') : []
  expect(steps.map(({ label }) => label)).toEqual([
    'url_domain_count',
    'url_host_count',
    'url_exact_count',
    'url_word_count',
    'url_soft_word_count',
    'url_substring_count',
  ])
  const rules = await Promise.all(
    steps.map(async ({ step: stepName, options }) => {
      const measure = await ((await loadStep(stepName)) as Filter).measure(options)
      return (doc: Doc) => brokenBound(measure(doc), options) !== undefined
    }),
  )
  const caught = allPages().filter(({ url }) => rules.some((breaks) => breaks(new Doc({ id: '1', text: '', url }))))
  expect(caught.map(({ category }) => category)).toEqual(Array(10).fill('url_words'))
})

test('a filter without its list says which option is missing', async () => {
  const path = fileWith(dir, 'missing.yaml', 'name: missing\nsteps:\n  - url_domain_count: {max: 0}\n')
  await expect(makePlan(readConfig(path), [], runOptions)).rejects.toThrow(
    expect.objectContaining({
      name: 'UserError',
      message: expect.stringContaining(':3: url_domain_count needs the option "domains"'),
      hint: 'domains: list of domains, one a line, # for comments',
    }),
  )
})
