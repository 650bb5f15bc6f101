import { z } from 'zod'
import { filter } from '../core/filter.ts'
import { filePath } from '../core/options.ts'
import { readWordList } from '../models/word_list.ts'
import { tokenizerOption } from '../text/words/word_tokenizers.ts'
import { wordsBy, wordText } from '../text/words/words.ts'

export default filter({
  summary: 'share of the words that are stop words; 0 without words',
  why: 'As `stop_word_count`, as a share of the words, so that a long list does not pass because of one sentence in it.',
  source: 'RedPajama-V2 rps_doc_stop_word_fraction, whose list has no word with a capital letter; MAP-NEO (at least 0.06)',
  range: [0, 1],
  options: {
    list: filePath('the stop words, one a line, # for comments'),
    ignore_case: z.boolean().default(false).describe('whether The is the stop word the'),
    tokenizer: tokenizerOption,
  },
  measure({ list, ignore_case, tokenizer }) {
    const words = wordsBy(tokenizer)
    const fold = (word: string): string => (ignore_case ? word.toLowerCase() : word)
    const listed = new Set([...readWordList(list)].map(fold))
    return (doc) => {
      const all = doc.view(words)
      let found = 0
      for (let id = 0; id < all.distinct; id++) if (listed.has(fold(wordText(all, id)))) found += all.counts[id]!
      return all.count === 0 ? 0 : found / all.count
    }
  },
  examples: [
    { text: 'The end of the day', value: 0.4, options: { list: 'pipelines/lists/stop_words_en.txt' } },
    { text: 'The end of the day', value: 0.6, options: { list: 'pipelines/lists/stop_words_en.txt', ignore_case: true } },
    { text: '', value: 0, options: { list: 'pipelines/lists/stop_words_en.txt' } },
  ],
})
