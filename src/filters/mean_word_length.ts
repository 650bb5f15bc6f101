import { filter } from '../core/filter.ts'
import { tokenizerOption } from '../text/words/word_tokenizers.ts'
import { notOnly, symbolSetOption, wordsBy } from '../text/words/words.ts'

export default filter({
  summary: 'mean length (characters) of the words that hold more than punctuation and symbols, or of all words; 0 without any',
  why: 'Words that are too short or too long on average are a sign of spelled-out letters, joined words, URLs or codes.',
  source:
    'Gopher quality rules (Rae et al. 2021, Table A1); datatrove gopher_quality_filter.py: gopher_below_avg_threshold, gopher_above_avg_threshold',
  range: [0, Number.POSITIVE_INFINITY],
  options: { symbol_set: symbolSetOption, tokenizer: tokenizerOption },
  measure({ symbol_set, tokenizer }) {
    const counted = notOnly(symbol_set)
    const words = wordsBy(tokenizer)
    return (doc) => {
      const { distinct, traits, counts, lengths } = doc.view(words)
      let count = 0
      let length = 0
      for (let id = 0; id < distinct; id++) {
        if (!(traits[id]! & counted)) continue
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
    { text: 'one - three', value: 3, options: { tokenizer: 'whitespace', symbol_set: 'none' } },
    { text: '', value: 0 },
  ],
})
