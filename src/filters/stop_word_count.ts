import { z } from 'zod'
import { UserError } from '../core/errors.ts'
import { filter } from '../core/filter.ts'
import { filePath } from '../core/options.ts'
import { readWordList } from '../models/word_list.ts'
import { tokenizerOption } from '../text/words/word_tokenizers.ts'
import { wordsBy, wordText } from '../text/words/words.ts'

export default filter({
  summary: 'how many of the stop words the text uses, or how often it uses any',
  why: 'Text in a language uses its commonest words. Lists of products, keywords and names do not, even if they pass the rules on length.',
  source:
    'Gopher quality rules (Rae et al. 2021, Table A1); datatrove gopher_quality_filter.py: gopher_enough_stop_words, which counted occurrences until January 2025',
  range: [0, Number.POSITIVE_INFINITY],
  options: {
    words: z.array(z.string().min(1)).min(1).optional().describe('the stop words'),
    list: filePath('more of them: a file with one a line, # for comments').optional(),
    count: z.enum(['distinct', 'occurrences']).default('distinct').describe('count each stop word once, or each time it is used'),
    ignore_case: z.boolean().default(false).describe('whether The is the stop word the'),
    tokenizer: tokenizerOption,
  },
  needs: [[{}, 'words', 'list']],
  measure({ words: some = [], list, count, ignore_case, tokenizer }) {
    const words = wordsBy(tokenizer)
    const fold = (word: string): string => (ignore_case ? word.toLowerCase() : word)
    const stopWords = [...some, ...(list === undefined ? [] : readWordList(list))]
    if (stopWords.length === 0) throw new UserError(`${list ?? 'stop_word_count'} has no stop words`)
    const folded = new Set(stopWords.map(fold))
    const longest = Math.max(...stopWords.map((word) => word.length))
    return (doc) => {
      const all = doc.view(words)
      const found = new Set<string>()
      let occurrences = 0
      for (let id = 0; id < all.distinct; id++) {
        if (all.lengths[id]! > longest) continue
        const word = fold(wordText(all, id))
        if (!folded.has(word)) continue
        found.add(word)
        occurrences += all.counts[id]!
      }
      return count === 'distinct' ? found.size : occurrences
    }
  },
  examples: [
    { text: 'The end of the beginning of that.', value: 3, options: { words: ['the', 'of', 'that', 'with'] } },
    { text: 'The end of the beginning of that.', value: 4, options: { words: ['the', 'of', 'that', 'with'], count: 'occurrences' } },
    { text: 'The end, THE end of the end', value: 1, options: { words: ['the'], ignore_case: true } },
    { text: 'The end of that day', value: 2, options: { list: 'pipelines/lists/stop_words_en.txt' } },
    { text: '', value: 0, options: { words: ['the'] } },
  ],
})
