import { getDomain, getFullDomain } from 'tldts'
import { z } from 'zod'
import { filter } from '../core/filter.ts'
import { filePath } from '../core/options.ts'
import { readWordList } from '../models/word_list.ts'

/**
 * As tldextract, which the reference uses: a registered domain goes by the ICANN part of the public suffix list, and a host that is
 * an IP address or a bare suffix has neither domain nor host. Unlike it, case does not count, and any unlisted top level is a suffix.
 */
const parts = {
  registered_domain: (url: string) => getDomain(url, { validateHostname: false }),
  host: (url: string) => getFullDomain(url, { validateHostname: false }),
  // DCLM deletes the letters "www" and leaves their dot: "www.example.org" becomes ".example.org", which no list has.
  netloc: (url: string) => netloc(url).replaceAll('www', ''),
  netloc_without_www: (url: string) => netloc(url).replace(/^www\./, ''),
}

/** What Python's `urlparse` calls by that name: user, host and port as they stand in the address; in lower case. */
const netloc = (url: string): string => /^(?:[a-z][a-z0-9+.-]*:)?\/\/([^/?#]*)/i.exec(url)?.[1]?.toLowerCase() ?? ''

export default filter({
  summary: '1 when the registered domain (or the host) of the address is listed, else 0',
  source: 'datatrove URLFilter: block-listed domains (max 0); DCLM url_substring_filter with exact_domain_match',
  options: {
    domains: filePath('list of domains, one a line, # for comments'),
    match: z
      .enum(['registered_domain', 'host', 'netloc', 'netloc_without_www'])
      .default('registered_domain')
      .describe(
        'registered_domain: a.b.example.co.uk is listed as example.co.uk; host: only as a.b.example.co.uk; netloc_without_www: the same, but www. does not count and a port does; netloc: as DCLM has it, where addresses with www are never listed',
      ),
  },
  measure({ domains, match }) {
    const listed = new Set([...readWordList(domains)].map((domain) => domain.toLowerCase()))
    const part = parts[match]
    return (doc) => (listed.has(part(doc.url) ?? '') ? 1 : 0)
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
