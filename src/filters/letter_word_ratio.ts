import { filter } from '../core/filter.ts'
import { tokenizerOption } from '../text/tokenizers.ts'
import { hasLetter, wordsBy } from '../text/words.ts'

export default filter({
  summary: 'share of the words that hold at least one letter of any script; 0 without words',
  source:
    'Gopher quality rules (Rae et al. 2021, Table A1); datatrove gopher_quality_filter.py: gopher_below_alpha_threshold, where punctuation marks are words too',
  options: { tokenizer: tokenizerOption },
  measure({ tokenizer }) {
    const words = wordsBy(tokenizer)
    return (doc) => {
      const { count, distinct, traits, counts } = doc.view(words)
      let withLetter = 0
      for (let id = 0; id < distinct; id++) if (traits[id]! & hasLetter) withLetter += counts[id]!
      return count === 0 ? 0 : withLetter / count
    }
  },
  examples: [
    { text: 'In 1984, B2.', value: 0.4 },
    { text: 'In 1984, B2.', value: 2 / 3, options: { tokenizer: 'whitespace' } },
    { text: 'мир 42', value: 0.5 },
    { text: '', value: 0 },
  ],
})
