import { z } from 'zod'
import { filter } from '../core/filter.ts'
import { tokenizerOption } from '../text/tokenizers.ts'
import { wordsBy } from '../text/words.ts'

export default filter({
  summary: 'how often the symbols stand in the text, for each word (punctuation counts as words where the tokenizer cuts it off)',
  source:
    'Gopher quality rules (Rae et al. 2021, Table A1); datatrove gopher_quality_filter.py: gopher_too_many_hashes, gopher_too_many_ellipsis',
  options: {
    symbols: z.array(z.string().min(1)).min(1).describe('strings to count; occurrences of one do not overlap'),
    tokenizer: tokenizerOption,
  },
  measure({ symbols, tokenizer }) {
    const words = wordsBy(tokenizer)
    return (doc) => {
      const { count } = doc.view(words)
      if (count === 0) return 0
      let occurrences = 0
      for (const symbol of symbols) {
        for (let at = doc.text.indexOf(symbol); at >= 0; at = doc.text.indexOf(symbol, at + symbol.length)) occurrences++
      }
      return occurrences / count
    }
  },
  examples: [
    { text: '# one two #', value: 0.5, options: { symbols: ['#'] } },
    { text: 'one.... two… three', value: 0.4, options: { symbols: ['...', '…'] } },
    { text: '', value: 0, options: { symbols: ['#'] } },
  ],
})
