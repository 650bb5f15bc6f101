import { z } from 'zod'
import { filter } from '../core/filter.ts'
import { filePath } from '../core/options.ts'
import { readWordList } from '../models/word_list.ts'
import { domainMatchOption, domainParts } from '../text/url_domains.ts'

export default filter({
  summary:
    'which of the lists have the domain of the address: 1 for the first, 2 for the second, 4 for the third and so on, added up; else 0',
  why: "Uses domain lists by category, such as UT1's, and says which of them a page is on, so each can be removed or kept by itself.",
  source: 'RedPajama-V2 rps_doc_ut1_blacklist, which numbers combinations of categories otherwise and from 0',
  options: {
    lists: z.array(filePath('list of domains, one a line, # for comments')).min(1).max(50).describe('one list for each category'),
    match: domainMatchOption,
  },
  measure({ lists, match }) {
    const ids = new Map<string, number>()
    lists.forEach((path, i) => {
      for (const domain of readWordList(path)) ids.set(domain.toLowerCase(), (ids.get(domain.toLowerCase()) ?? 0) + 2 ** i)
    })
    const part = domainParts[match]
    return (doc) => ids.get(part(doc.url)) ?? 0
  },
  examples: [
    {
      text: '',
      url: 'https://www.casino-royal-garden.example/',
      value: 2,
      options: { lists: ['pipelines/lists/curated_sites.txt', 'pipelines/lists/blocked_domains.txt'] },
    },
    { text: '', url: 'https://journal.example/', value: 0, options: { lists: ['pipelines/lists/blocked_domains.txt'] } },
    { text: '', value: 0, options: { lists: ['pipelines/lists/blocked_domains.txt'] } },
  ],
})
