import { z } from 'zod'
import { filter } from '../core/filter.ts'
import { tokenizerOption } from '../text/words/word_tokenizers.ts'
import { wordsBy } from '../text/words/words.ts'

export default filter({
  summary: 'share of the words that steps since an earlier count have taken out of the text; 0 when there were none',
  why: 'Removes pages of which the editors before it had to take out so much that what is left is no longer a text.',
  source: 'RefinedWeb (Penedo et al. 2023, App. G.2), at most 0.05; DCLM word_removal_ratio_filter',
  options: {
    before: z.string().min(1).describe('label of the earlier step that counted the words, such as word_count with the same tokenizer'),
    tokenizer: tokenizerOption,
  },
  // The text is gone by then, its count is not: a document carries along all that has been measured on it.
  measure({ before, tokenizer }, measured) {
    const words = wordsBy(tokenizer)
    const countBefore = measured(before)
    return (doc) => {
      const count = countBefore(doc)
      return count === 0 ? 0 : (count - doc.view(words).count) / count
    }
  },
  examples: [
    { text: 'eight of ten words are still in place', value: 0.2, measured: { words: 10 }, options: { before: 'words' } },
    { text: '', value: 1, measured: { words: 10 }, options: { before: 'words' } },
    { text: '', value: 0, measured: { words: 0 }, options: { before: 'words' } },
  ],
})
