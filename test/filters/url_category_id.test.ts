import { expect, test } from 'vitest'
import { Doc } from '../../src/core/doc.ts'
import urlCategoryId from '../../src/filters/url_category_id.ts'
import { fileWith, temporaryFolder } from '../support.ts'

const dir = temporaryFolder()
const lists = [
  fileWith(dir, 'adult', 'a.example\nboth.example\nwww.w.example\n'),
  fileWith(dir, 'chat', '# none\n'),
  fileWith(dir, 'porn', 'both.example\nB.example\n'),
]

test.each<[url: string, options: object, value: number]>([
  ['', {}, 0],
  ['https://a.example/', {}, 1],
  ['https://b.example/', {}, 4],
  ['https://both.example/x', {}, 5],
  ['https://www.both.example/', {}, 5],
  ['https://www.both.example/', { match: 'netloc_with_www' }, 0],
  ['https://www.w.example/', { match: 'netloc_with_www' }, 1],
  ['https://W.example/', { match: 'netloc_with_www' }, 0],
  ['https://a.example:80/', { match: 'netloc_with_www' }, 0],
  ['https://мир.example/', {}, 0],
])('%s with %j measures %d', async (url, options, value) => {
  const measure = await urlCategoryId.measure(urlCategoryId.schema.parse({ lists, ...options }))
  expect(measure(new Doc({ id: 'x', text: '', url }))).toBe(value)
})
