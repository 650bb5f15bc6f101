import { z } from 'zod'
import { filter } from '../core/filter.ts'
import { tokenizerOption } from '../text/words/word_tokenizers.ts'
import { hasAsciiLetter, hasLetter, wordsBy } from '../text/words/words.ts'

export default filter({
  summary: 'share of the words that hold at least one letter, or of those that hold none; 0 without words',
  why: 'Catches tables, prices, codes and log files, which have many words but few with a letter in them.',
  source:
    'Gopher quality rules (Rae et al. 2021, Table A1); datatrove gopher_quality_filter.py: gopher_below_alpha_threshold, where punctuation marks are words too; RedPajama-V2 rps_doc_frac_no_alph_words',
  range: [0, 1],
  options: {
    letters: z.enum(['all', 'ascii']).default('all').describe('what is a letter: those of all scripts, or a–z and A–Z only (ascii)'),
    counted: z.enum(['with', 'without']).default('with').describe('whether words with a letter are counted, or those without'),
    tokenizer: tokenizerOption,
  },
  measure({ letters, counted, tokenizer }) {
    const words = wordsBy(tokenizer)
    const letter = letters === 'all' ? hasLetter : hasAsciiLetter
    return (doc) => {
      const { count, distinct, traits, counts } = doc.view(words)
      let withLetter = 0
      for (let id = 0; id < distinct; id++) if (traits[id]! & letter) withLetter += counts[id]!
      if (count === 0) return 0
      return (counted === 'with' ? withLetter : count - withLetter) / count
    }
  },
  examples: [
    { text: 'In 1984, B2.', value: 0.4 },
    { text: 'In 1984, B2.', value: 2 / 3, options: { tokenizer: 'whitespace' } },
    { text: 'мир 42', value: 0.5 },
    { text: 'мир 42', value: 1, options: { letters: 'ascii', counted: 'without' } },
    { text: '', value: 0 },
  ],
})
