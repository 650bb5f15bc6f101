import { expect, test } from 'vitest'
import { Doc } from '../../src/core/doc.ts'
import urlExactCount from '../../src/filters/url_exact_count.ts'
import { fileWith, temporaryFolder } from '../support.ts'

const list = fileWith(
  temporaryFolder(),
  'list.txt',
  `# comment
https://nice.com/a?b=1
`,
)

async function value(url: string, options: object = {}): Promise<number> {
  const measure = await urlExactCount.measure(urlExactCount.schema.parse({ urls: list, ...options }))
  return measure(new Doc({ id: '1', text: '', url }))
}

test.each([
  ['https://nice.com/a?b=1', 1],
  ['http://nice.com/a?b=1', 0],
  ['https://nice.com/a?b=1#c', 0],
  ['https://nice.com/A?b=1', 0],
  ['', 0],
])('%j', async (url, expected) => {
  expect(await value(url)).toBe(expected)
})
