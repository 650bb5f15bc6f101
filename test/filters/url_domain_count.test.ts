import { expect, test } from 'vitest'
import { Doc } from '../../src/core/doc.ts'
import urlDomainCount from '../../src/filters/url_domain_count.ts'
import { fileWith, temporaryFolder } from '../support.ts'

const list = fileWith(
  temporaryFolder(),
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
`,
)

async function value(url: string, options: object = {}): Promise<number> {
  const measure = await urlDomainCount.measure(urlDomainCount.schema.parse({ domains: list, ...options }))
  return measure(new Doc({ id: '1', text: '', url }))
}

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
])('the registered domain, and the host: %j', async (url, domain, host) => {
  expect(await value(url)).toBe(domain)
  expect(await value(url, { match: 'host' })).toBe(host)
})

// DCLM means to leave "www." out and deletes "www", so that www.blocked.com is compared as .blocked.com.
test.each<[url: string, netloc: number, withoutWww: number]>([
  ['', 0, 0],
  ['https://blocked.com/', 1, 1],
  ['https://BLOCKED.com?x', 1, 1],
  ['//blocked.com', 1, 1],
  ['https://www.blocked.com/', 0, 1],
  ['https://blockedwww.com/', 1, 0],
  ['https://a.blocked.com/', 0, 0],
  ['https://blocked.com:8080/', 0, 0],
  ['https://ann@blocked.com/', 0, 0],
  ['blocked.com/', 0, 0],
  ['https://8.8.8.8/', 1, 1],
])('as Python splits addresses: %j', async (url, netloc, withoutWww) => {
  expect(await value(url, { match: 'netloc' })).toBe(netloc)
  expect(await value(url, { match: 'netloc_without_www' })).toBe(withoutWww)
})
