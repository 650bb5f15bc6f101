import { filter } from '../core/filter.ts'
import { countedWordsOption, wantedTraits } from '../text/counted_words.ts'
import { tokenizerOption } from '../text/tokenizers.ts'
import { symbolSetOption, wordsBy } from '../text/words.ts'

export default filter({
  summary: 'number of words that hold more than punctuation and symbols, or of all words',
  source: 'Gopher quality rules (Rae et al. 2021, Table A1); datatrove gopher_quality_filter.py: gopher_short_doc, gopher_long_doc',
  options: { symbol_set: symbolSetOption, tokenizer: tokenizerOption, words: countedWordsOption },
  measure({ symbol_set, tokenizer, words: counted }) {
    const words = wordsBy(tokenizer)
    const wanted = wantedTraits(counted, symbol_set)
    return (doc) => {
      const { count: all, distinct, traits, counts } = doc.view(words)
      if (wanted === 0) return all
      let count = 0
      for (let id = 0; id < distinct; id++) if (traits[id]! & wanted) count += counts[id]!
      return count
    }
  },
  examples: [
    { text: 'Two words, one comma.', value: 4 },
    { text: "It didn't rain.", value: 4 },
    { text: "It didn't rain.", value: 3, options: { tokenizer: 'whitespace' } },
    // Straight double quotes become two characters, but they are symbols all the same.
    { text: 'He said "don\'t" ։', value: 4, options: { tokenizer: 'nltk_english' } },
    { text: 'He said "don\'t" ։', value: 5, options: { tokenizer: 'nltk_english', symbol_set: 'common' } },
    { text: 'Two words, one comma.', value: 6, options: { words: 'all' } },
    { text: '', value: 0 },
  ],
})
