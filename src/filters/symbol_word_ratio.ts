import { z } from 'zod'
import { filter } from '../core/filter.ts'
import { tokenizerOption } from '../text/words/word_tokenizers.ts'
import { wordsBy, wordText } from '../text/words/words.ts'

export default filter({
  summary: 'how often the symbols stand in the text, for each word (punctuation counts as words where the tokenizer cuts it off)',
  why: 'Catches pages of hashtags, ellipses and similar symbols, as social media and teasers have.',
  source:
    'Gopher quality rules (Rae et al. 2021, Table A1); datatrove gopher_quality_filter.py: gopher_too_many_hashes, gopher_too_many_ellipsis; Dolma gopher.py counts words',
  options: {
    symbols: z.array(z.string().min(1)).min(1).describe('strings to count; occurrences of one do not overlap'),
    count: z
      .enum(['occurrences', 'words'])
      .default('occurrences')
      .describe('count each place where a symbol stands, or each word that holds any'),
    tokenizer: tokenizerOption,
  },
  measure({ symbols, count: counted, tokenizer }) {
    const words = wordsBy(tokenizer)
    if (counted === 'words') {
      return (doc) => {
        const all = doc.view(words)
        if (all.count === 0 || !symbols.some((symbol) => doc.text.includes(symbol))) return 0
        let count = 0
        for (let id = 0; id < all.distinct; id++) {
          const word = wordText(all, id)
          if (symbols.some((symbol) => word.includes(symbol))) count += all.counts[id]!
        }
        return count / all.count
      }
    }
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
    { text: '## one #two# #', value: 3 / 4, options: { symbols: ['#'], tokenizer: 'whitespace', count: 'words' } },
    { text: '', value: 0, options: { symbols: ['#'] } },
  ],
})
