import { z } from 'zod'
import { filter } from '../core/filter.ts'
import { codePointCount } from '../text/code_points.ts'
import { repetitionBy } from '../text/ngrams.ts'
import { tokenizerOption } from '../text/tokenizers.ts'

export default filter({
  summary: 'characters of n-grams that repeat an earlier one, spaces left out, as a share of all characters; repeats do not overlap',
  source: 'Gopher repetition rules (Rae et al. 2021, Table A1); datatrove gopher_repetition_filter.py: duplicated_n_grams',
  options: {
    n: z.int().min(1).max(50).describe('words in an n-gram'),
    tokenizer: tokenizerOption,
  },
  measure({ n, tokenizer }) {
    const repetition = repetitionBy(tokenizer)
    return (doc) => (doc.text === '' ? 0 : doc.view(repetition).duplicateChars(n) / doc.view(codePointCount))
  },
  examples: [
    { text: 'a b c a b c', value: 2 / 11, options: { n: 2 } },
    // Words are joined without a space: "ab c" repeats "a bc".
    { text: 'a bc d ab c', value: 3 / 11, options: { n: 2 } },
    { text: 'one two three', value: 0, options: { n: 5 } },
    { text: '', value: 0, options: { n: 2 } },
  ],
})
