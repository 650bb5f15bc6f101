import { filter } from '../core/filter.ts'
import { countedWordsOption, wantedTraits } from '../text/counted_words.ts'
import { tokenizerOption } from '../text/tokenizers.ts'
import { wordsBy } from '../text/words.ts'

export default filter({
  summary: 'number of words that hold more than punctuation and symbols, or of all words',
  source: 'Gopher quality rules (Rae et al. 2021, Table A1); datatrove gopher_quality_filter.py: gopher_short_doc, gopher_long_doc',
  options: { tokenizer: tokenizerOption, words: countedWordsOption },
  measure({ tokenizer, words: counted }) {
    const words = wordsBy(tokenizer)
    const wanted = wantedTraits(counted)
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
    { text: 'Two words, one comma.', value: 6, options: { words: 'all' } },
    { text: '', value: 0 },
  ],
})
