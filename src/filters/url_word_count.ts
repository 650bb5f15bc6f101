import { filter } from '../core/filter.ts'
import { filePath } from '../core/options.ts'
import { readWordList } from '../models/word_list.ts'
import { normalizedEntries, urlWords } from '../text/url_words.ts'

export default filter({
  summary: 'number of distinct listed words among the words (runs of ASCII letters and digits) of the address',
  source: 'datatrove URLFilter: hard words (max 0), soft words (max 1)',
  options: {
    words: filePath('list of words, one a line, # for comments; compared in lower case and without other characters than a–z and 0–9'),
  },
  measure({ words }) {
    const listed = normalizedEntries(readWordList(words))
    // The address keeps its case, as in the reference: `/Casino/` is not the listed word `casino`
    return (doc) => {
      const present = doc.view(urlWords)
      return listed.filter((word) => present.has(word)).length
    }
  },
  examples: [
    { text: '', url: 'https://poker-evening.example/rules', value: 1, options: { words: 'pipelines/lists/soft_blocked_words.txt' } },
    { text: '', url: 'https://casino.example/casino/poker', value: 2, options: { words: 'pipelines/lists/soft_blocked_words.txt' } },
    { text: '', url: 'https://journal.example/pokers', value: 0, options: { words: 'pipelines/lists/soft_blocked_words.txt' } },
    { text: '', value: 0, options: { words: 'pipelines/lists/soft_blocked_words.txt' } },
  ],
})
