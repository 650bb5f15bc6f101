import { expect, test } from 'vitest'
import { Doc } from '../../src/core/doc.ts'
import urlSubstringCount from '../../src/filters/url_substring_count.ts'
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
  const measure = await urlSubstringCount.measure(urlSubstringCount.schema.parse({ substrings: list, ...options }))
  return measure(new Doc({ id: '1', text: '', url }))
}

test.each([
  ['https://x.com/badly', 1],
  ['https://x.com/B-A-D', 1],
  ['https://x.com/very/BADcasino', 3],
  ['https://x.com/bad/bad', 1],
  ['https://x.com/дbaдd', 1],
  ['https://x.com/', 0],
  ['', 0],
])('%j', async (url, expected) => {
  expect(await value(url)).toBe(expected)
})

test.each([
  ['https://x.com/B-A.D', 1],
  ['https://x.com/b_ad', 0],
  // The listed "Very-Bad" keeps its hyphen, which no address has then.
  ['https://x.com/very-bad', 1],
  ['', 0],
])('without - and . only: %j', async (url, expected) => {
  expect(await value(url, { ignored_characters: '-.' })).toBe(expected)
})
