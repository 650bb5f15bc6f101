import { filter } from '../core/filter.ts'
import { filePath } from '../core/options.ts'
import { readWordList } from '../models/word_list.ts'
import { domainMatchOption, domainParts } from '../text/url_domains.ts'

export default filter({
  summary: '1 when the registered domain (or the host) of the address is listed, else 0',
  why: 'Removes whole sites known to be adult, malicious or spam before their text is extracted, which costs next to nothing.',
  source: 'datatrove URLFilter: block-listed domains (max 0); DCLM url_substring_filter with exact_domain_match',
  range: [0, Number.POSITIVE_INFINITY],
  options: {
    domains: filePath('list of domains, one a line, # for comments'),
    match: domainMatchOption,
  },
  measure({ domains, match }) {
    const listed = new Set([...readWordList(domains)].map((domain) => domain.toLowerCase()))
    const part = domainParts[match]
    return (doc) => (listed.has(part(doc.url)) ? 1 : 0)
  },
  examples: [
    {
      text: '',
      url: 'https://www.casino-royal-garden.example/',
      value: 1,
      options: { domains: 'pipelines/lists/blocked_domains.txt' },
    },
    {
      text: '',
      url: 'https://www.casino-royal-garden.example/',
      value: 0,
      options: { domains: 'pipelines/lists/blocked_domains.txt', match: 'host' },
    },
    {
      text: '',
      url: 'https://news.ycombinator.com/item?id=1',
      value: 1,
      options: { domains: 'pipelines/lists/curated_sites.txt', match: 'netloc' },
    },
    { text: '', url: 'https://www.github.com/', value: 0, options: { domains: 'pipelines/lists/curated_sites.txt', match: 'netloc' } },
    {
      text: '',
      url: 'https://www.github.com/',
      value: 1,
      options: { domains: 'pipelines/lists/curated_sites.txt', match: 'netloc_without_www' },
    },
    { text: '', url: 'https://journal.example/', value: 0, options: { domains: 'pipelines/lists/blocked_domains.txt' } },
    { text: '', value: 0, options: { domains: 'pipelines/lists/blocked_domains.txt' } },
  ],
})
