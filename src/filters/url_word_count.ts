import { z } from 'zod'
import { filter } from '../core/filter.ts'
import { filePath } from '../core/options.ts'
import { readWordList } from '../models/word_list.ts'
import { normalizedEntries, urlWords, urlWordsInLowerCase } from '../text/url_words.ts'

export default filter({
  summary: 'number of distinct listed words among the words of the address',
  why: 'Finds adult and spam pages on sites that no list has, by the words of their URL. Bounds can be strict for hard words and looser for soft ones.',
  source: 'datatrove URLFilter: hard words (max 0), soft words (max 1); DCLM url_substring_filter with match_substrings false',
  range: [0, Number.POSITIVE_INFINITY],
  options: {
    words: filePath('list of words, one a line, # for comments; compared in lower case and without other characters than a–z and 0–9'),
    cut: z
      .enum(['ascii', 'unicode_lower_case'])
      .default('ascii')
      .describe(
        'what a word of the address is: a run of ASCII letters and digits as written, so that /Casino/ is not casino; or one of letters and digits of all scripts and _, in lower case, as in DCLM',
      ),
  },
  measure({ words, cut }) {
    const view = cut === 'ascii' ? urlWords : urlWordsInLowerCase
    const listed = normalizedEntries(readWordList(words))
    return (doc) => {
      const present = doc.view(view)
      return listed.filter((word) => present.has(word)).length
    }
  },
  examples: [
    { text: '', url: 'https://poker-evening.example/rules', value: 1, options: { words: 'pipelines/lists/soft_blocked_words.txt' } },
    { text: '', url: 'https://casino.example/casino/poker', value: 2, options: { words: 'pipelines/lists/soft_blocked_words.txt' } },
    {
      text: '',
      url: 'https://a.example/Casino/poker_night',
      value: 1,
      options: { words: 'pipelines/lists/soft_blocked_words.txt', cut: 'unicode_lower_case' },
    },
    { text: '', url: 'https://journal.example/pokers', value: 0, options: { words: 'pipelines/lists/soft_blocked_words.txt' } },
    { text: '', value: 0, options: { words: 'pipelines/lists/soft_blocked_words.txt' } },
  ],
})
