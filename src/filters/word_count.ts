import { filter } from '../core/filter.ts'
import { tokenizerOption } from '../text/words/word_tokenizers.ts'
import { notOnly, symbolSetOption, wordsBy } from '../text/words/words.ts'

export default filter({
  summary: 'number of words that hold more than punctuation and symbols, or of all words',
  why: 'Removes pages too short to say anything, and those so long that they are dumps. Unlike `char_count` it passes over runs of symbols.',
  source: 'Gopher quality rules (Rae et al. 2021, Table A1); datatrove gopher_quality_filter.py: gopher_short_doc, gopher_long_doc',
  range: [0, Number.POSITIVE_INFINITY],
  options: { symbol_set: symbolSetOption, tokenizer: tokenizerOption },
  measure({ symbol_set, tokenizer }) {
    const counted = notOnly(symbol_set)
    const words = wordsBy(tokenizer)
    return (doc) => {
      const { distinct, traits, counts } = doc.view(words)
      let count = 0
      for (let id = 0; id < distinct; id++) if (traits[id]! & counted) count += counts[id]!
      return count
    }
  },
  examples: [
    { text: 'Two words, one comma.', value: 4 },
    { text: 'Two words, one comma.', value: 6, options: { symbol_set: 'none' } },
    { text: "It didn't rain.", value: 4 },
    { text: "It didn't rain.", value: 3, options: { tokenizer: 'whitespace' } },
    // Straight double quotes become two characters, but they are symbols all the same.
    { text: 'He said "don\'t" ։', value: 4, options: { tokenizer: 'nltk_english' } },
    { text: 'He said "don\'t" ։', value: 5, options: { tokenizer: 'nltk_english', symbol_set: 'common' } },
    { text: '', value: 0 },
  ],
})
