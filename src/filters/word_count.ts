import { filter } from '../core/filter.ts'
import { tokenizerOption } from '../text/tokenizers.ts'
import { hasText, wordsBy } from '../text/words.ts'

export default filter({
  summary: 'number of words that hold more than punctuation and symbols',
  source: 'Gopher quality rules (Rae et al. 2021, Table A1); datatrove gopher_quality_filter.py: gopher_short_doc, gopher_long_doc',
  options: { tokenizer: tokenizerOption },
  measure({ tokenizer }) {
    const words = wordsBy(tokenizer)
    return (doc) => {
      const { distinct, traits, counts } = doc.view(words)
      let count = 0
      for (let id = 0; id < distinct; id++) if (traits[id]! & hasText) count += counts[id]!
      return count
    }
  },
  examples: [
    { text: 'Two words, one comma.', value: 4 },
    { text: "It didn't rain.", value: 4 },
    { text: "It didn't rain.", value: 3, options: { tokenizer: 'whitespace' } },
    { text: '', value: 0 },
  ],
})
