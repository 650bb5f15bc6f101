import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { allPages } from '../../fixtures/pages.ts'
import { Doc } from '../../src/core/doc.ts'
import { brokenBound, type Filter } from '../../src/core/filter.ts'
import domainCount from '../../src/filters/url_domain_count.ts'
import exactCount from '../../src/filters/url_exact_count.ts'
import substringCount from '../../src/filters/url_substring_count.ts'
import wordCount from '../../src/filters/url_word_count.ts'
import { readConfig } from '../../src/pipeline/config.ts'
import { makePlan } from '../../src/pipeline/plan.ts'
import { loadStep } from '../../src/pipeline/registry.ts'
import { fileWith, temporaryFolder } from '../support.ts'

const dir = temporaryFolder()
const list = fileWith(
  dir,
  'list.txt',
  `# comment
blocked.com
sub.nice.com
Mixed.org
blogspot.com
me.github.io
8.8.8.8
co.uk
  spaced.net
https://nice.com/a?b=1

bad
Very-Bad
casino
`,
)

async function value(filter: Filter, url: string, options: object): Promise<number> {
  const measure = await filter.measure(filter.schema.parse(options))
  return measure(new Doc({ id: '1', text: '', url }))
}

describe('url_domain_count', () => {
  test.each<[url: string, domain: number, host: number]>([
    ['', 0, 0],
    ['https://blocked.com/', 1, 1],
    ['http://user:word@www.blocked.com:8080/a', 1, 0],
    ['https://notblocked.com/blocked.com', 0, 0],
    ['https://BLOCKED.com/', 1, 1],
    ['https://mixed.org', 1, 1],
    ['https://sub.nice.com/', 0, 1],
    ['https://z.sub.nice.com/', 0, 0],
    // suffixes of the list's private part are none: somebody's blog is part of blogspot.com
    ['https://ann.blogspot.com/', 1, 0],
    ['https://me.github.io/', 0, 1],
    ['https://8.8.8.8/', 0, 0],
    ['https://co.uk/', 0, 0],
    ['https://site.co.uk/', 0, 0],
    ['https://under_score.blocked.com/', 1, 0],
    ['https://spaced.net/', 1, 1],
    ['no address', 0, 0],
  ])('%j', async (url, domain, host) => {
    expect(await value(domainCount, url, { domains: list })).toBe(domain)
    expect(await value(domainCount, url, { domains: list, match: 'host' })).toBe(host)
  })
})

test.each([
  ['https://nice.com/a?b=1', 1],
  ['http://nice.com/a?b=1', 0],
  ['https://nice.com/a?b=1#c', 0],
  ['https://nice.com/A?b=1', 0],
  ['', 0],
])('url_exact_count: %j', async (url, expected) => {
  expect(await value(exactCount, url, { urls: list })).toBe(expected)
})

test.each([
  ['https://x.com/bad', 1],
  ['https://bad.com/bad/casino', 2],
  ['https://x.com/badly', 0],
  ['https://x.com/a_bad-b', 1],
  ['https://x.com/BAD', 0],
  ['https://x.com/very-bad', 1],
  ['https://x.com/verybad', 1],
  ['https://x.com/bad%20casino', 1],
  ['https://x.com/дbadд', 1],
  ['', 0],
])('url_word_count: %j', async (url, expected) => {
  expect(await value(wordCount, url, { words: list })).toBe(expected)
})

test.each([
  ['https://x.com/badly', 1],
  ['https://x.com/B-A-D', 1],
  ['https://x.com/very/BADcasino', 3],
  ['https://x.com/bad/bad', 1],
  ['https://x.com/дbaдd', 1],
  ['https://x.com/', 0],
  ['', 0],
])('url_substring_count: %j', async (url, expected) => {
  expect(await value(substringCount, url, { substrings: list })).toBe(expected)
})

describe('pipelines/rules/url_blocklist.yaml', () => {
  const pipeline = fileWith(
    dir,
    'pipeline.yaml',
    `name: urls\nsteps:\n  - include: ${fileURLToPath(new URL('../../pipelines/rules/url_blocklist.yaml', import.meta.url))}\n`,
  )

  test('catches the pages made for it, and no others', async () => {
    const plan = await makePlan(readConfig(pipeline), [], { measure: false, audit: 0, keep_removed: false, limit: null })
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
      steps.map(async ({ use, options }) => {
        const measure = await ((await loadStep(use)) as Filter).measure(options)
        return (doc: Doc) => brokenBound(measure(doc), options) !== undefined
      }),
    )
    const caught = allPages().filter(({ url }) => rules.some((breaks) => breaks(new Doc({ id: '1', text: '', url }))))
    expect(caught.map(({ category }) => category)).toEqual(Array(10).fill('url_words'))
  })

  test('a filter without its list says which option is missing', async () => {
    const path = fileWith(dir, 'missing.yaml', 'name: missing\nsteps:\n  - url_domain_count: {max: 0}\n')
    await expect(makePlan(readConfig(path), [], { measure: false, audit: 0, keep_removed: false, limit: null })).rejects.toThrow(
      expect.objectContaining({
        name: 'UserError',
        message: expect.stringContaining(':3: url_domain_count needs the option "domains"'),
        hint: 'domains: list of domains, one a line, # for comments',
      }),
    )
  })
})
