import { z } from 'zod'
import { filter } from '../core/filter.ts'
import { longestRun } from '../text/longest_run.ts'
import { tokenEncoder, tokenizerNames } from '../tokenizers/token_counter.ts'

export default filter({
  summary: 'how often a group of tokens stands in a row at most; 0 when none does three times',
  why: 'Catches long runs of one short pattern, such as rows of dashes or one syllable over and over, which derail training and may be a single word to other rules.',
  source:
    'Dolma 1.6 (repetitions_taggers.py: tokenizer_repetitions_v2r2, 100 times are too many), there with the tokens of GPT-NeoX, where a run of spaces is one token, and in pieces of 100,000 characters',
  options: {
    max_period: z.int().positive().default(13).describe('tokens that a group has at most'),
    tokenizer: z.enum(tokenizerNames).default('gpt2').describe('gpt2 is the same as r50k_base'),
  },
  measure({ max_period, tokenizer }) {
    const encode = tokenEncoder(tokenizer)
    return (doc) => longestRun(encode(doc.text), max_period)
  },
  examples: [
    { text: 'no no no no no', value: 4 },
    { text: ' one two one two one two one two', value: 4 },
    { text: ' one two one two one', value: 0 },
    { text: ' a b c a b c a b c', value: 0, options: { max_period: 2 } },
    { text: '', value: 0 },
  ],
})
