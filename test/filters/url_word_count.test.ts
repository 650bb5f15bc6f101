import { expect, test } from 'vitest'
import { Doc } from '../../src/core/doc.ts'
import urlWordCount from '../../src/filters/url_word_count.ts'
import { fileWith, temporaryFolder } from '../support.ts'

const list = fileWith(
  temporaryFolder(),
  'list.txt',
  `# comment
bad

Very-Bad
  casino
`,
)

async function value(url: string, options: object = {}): Promise<number> {
  const measure = await urlWordCount.measure(urlWordCount.schema.parse({ words: list, ...options }))
  return measure(new Doc({ id: '1', text: '', url }))
}

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
])('%j', async (url, expected) => {
  expect(await value(url)).toBe(expected)
})

test.each([
  ['https://x.com/BAD', 1],
  ['https://x.com/a_bad-b', 0],
  ['https://x.com/дbadд', 0],
  ['https://x.com/bad%20casino', 1],
  ['https://x.com/bad/casino', 2],
  ['', 0],
])('in lower case, with all letters and _: %j', async (url, expected) => {
  expect(await value(url, { cut: 'unicode_lower_case' })).toBe(expected)
})
