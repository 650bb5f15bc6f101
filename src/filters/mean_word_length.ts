import { filter } from '../core/filter.ts'
import { countedWordsOption, wantedTraits } from '../text/counted_words.ts'
import { tokenizerOption } from '../text/tokenizers.ts'
import { symbolSetOption, wordsBy } from '../text/words.ts'

export default filter({
  summary: 'mean length (characters) of the words that hold more than punctuation and symbols, or of all words; 0 without any',
  source:
    'Gopher quality rules (Rae et al. 2021, Table A1); datatrove gopher_quality_filter.py: gopher_below_avg_threshold, gopher_above_avg_threshold',
  options: { symbol_set: symbolSetOption, tokenizer: tokenizerOption, words: countedWordsOption },
  measure({ symbol_set, tokenizer, words: counted }) {
    const words = wordsBy(tokenizer)
    const wanted = wantedTraits(counted, symbol_set)
    return (doc) => {
      const { distinct, traits, counts, lengths } = doc.view(words)
      let count = 0
      let length = 0
      for (let id = 0; id < distinct; id++) {
        if (wanted !== 0 && !(traits[id]! & wanted)) continue
        count += counts[id]!
        length += counts[id]! * lengths[id]!
      }
      return count === 0 ? 0 : length / count
    }
  },
  examples: [
    { text: 'one three', value: 4 },
    { text: 'two, мир!', value: 3 },
    { text: '...', value: 0 },
    { text: 'one - three', value: 3, options: { tokenizer: 'whitespace', words: 'all' } },
    { text: '', value: 0 },
  ],
})
