import { filter } from '../core/filter.ts'
import { filePath } from '../core/options.ts'
import { readWordList } from '../models/word_list.ts'

export default filter({
  summary: '1 when exactly this address is listed, else 0',
  why: 'Removes single pages that a list names where the rest of the site is good.',
  source: 'datatrove URLFilter: block-listed URLs (max 0)',
  range: [0, Number.POSITIVE_INFINITY],
  options: {
    urls: filePath('list of addresses with their scheme, one a line, # for comments'),
  },
  measure({ urls }) {
    const listed = readWordList(urls)
    return (doc) => (listed.has(doc.url) ? 1 : 0)
  },
  examples: [
    { text: '', url: 'https://example-shop.example/online-casino-bonus', value: 1, options: { urls: 'pipelines/lists/blocked_urls.txt' } },
    { text: '', url: 'http://example-shop.example/online-casino-bonus', value: 0, options: { urls: 'pipelines/lists/blocked_urls.txt' } },
    { text: '', value: 0, options: { urls: 'pipelines/lists/blocked_urls.txt' } },
  ],
})
