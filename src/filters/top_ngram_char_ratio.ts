import { z } from 'zod'
import { filter } from '../core/filter.ts'
import { codePointCount } from '../text/code_points.ts'
import { repetitionBy } from '../text/ngrams.ts'
import { tokenizerOption } from '../text/words/word_tokenizers.ts'

export default filter({
  summary: 'characters of the most frequent n-gram times its occurrences, as a share of all characters; 0 with fewer than n words',
  why: 'Catches pages that say one phrase again and again, even if it is only a small part of their different n-grams.',
  source:
    'Gopher repetition rules (Rae et al. 2021, Table A1), which define no measure: the defaults are datatrove gopher_repetition_filter.py: top_n_gram; DCLM repetition_filter and Dolma gopher.py set the options otherwise',
  options: {
    n: z.int().min(1).max(20).describe('words in an n-gram'),
    tokenizer: tokenizerOption,
    spaces: z.enum(['counted', 'ignored']).default('counted').describe('whether the n-gram has a space between its words'),
    denominator: z
      .enum(['text', 'word_chars'])
      .default('text')
      .describe('what it is a share of: the text, or its words alone (word_chars)'),
    ties: z.enum(['first', 'longest']).default('first').describe('which of several equally frequent n-grams counts'),
    min_occurrences: z.int().min(1).default(1).describe('how often the n-gram must occur to count at all'),
  },
  measure({ n, tokenizer, spaces, denominator, ties, min_occurrences }) {
    const view = repetitionBy(tokenizer)
    const between = spaces === 'counted' ? n - 1 : 0
    return (doc) => {
      const repetition = doc.view(view)
      const top = repetition.top(n, ties)
      if (top === undefined || top.occurrences < min_occurrences) return 0
      return ((top.length + between) * top.occurrences) / (denominator === 'text' ? doc.view(codePointCount) : repetition.wordChars())
    }
  },
  examples: [
    { text: 'a b a b c', value: 6 / 9, options: { n: 2 } },
    // One occurrence counts: short texts score high.
    { text: 'hello brave world', value: 11 / 17, options: { n: 2 } },
    { text: 'hello brave world', value: 0, options: { n: 2, min_occurrences: 2 } },
    {
      text: 'a b long word a b long word',
      value: 16 / 20,
      options: { n: 2, spaces: 'ignored', denominator: 'word_chars', ties: 'longest' },
    },
    { text: 'word', value: 0, options: { n: 2 } },
    { text: '', value: 0, options: { n: 2 } },
  ],
})
