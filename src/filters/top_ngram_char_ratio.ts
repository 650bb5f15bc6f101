import { z } from 'zod'
import { filter } from '../core/filter.ts'
import { codePointCount } from '../text/code_points.ts'
import { repetitionBy } from '../text/ngrams.ts'
import { tokenizerOption } from '../text/tokenizers.ts'

export default filter({
  summary: 'characters of the most frequent n-gram, spaces included, times its occurrences, as a share of all characters',
  source: 'Gopher repetition rules (Rae et al. 2021, Table A1); datatrove gopher_repetition_filter.py: top_n_gram',
  options: {
    n: z.int().min(1).max(20).describe('words in an n-gram'),
    tokenizer: tokenizerOption,
  },
  measure({ n, tokenizer }) {
    const repetition = repetitionBy(tokenizer)
    return (doc) => (doc.text === '' ? 0 : doc.view(repetition).topChars(n) / doc.view(codePointCount))
  },
  examples: [
    { text: 'a b a b c', value: 6 / 9, options: { n: 2 } },
    // One occurrence counts: short texts score high.
    { text: 'hello brave world', value: 11 / 17, options: { n: 2 } },
    { text: 'word', value: 0, options: { n: 2 } },
    { text: '', value: 0, options: { n: 2 } },
  ],
})
