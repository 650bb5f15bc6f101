import { z } from 'zod'
import { filter } from '../core/filter.ts'
import { filePath } from '../core/options.ts'
import { fileTokenCounter, tokenCounter, tokenizerNames } from '../tokenizers/token_counter.ts'

export default filter({
  summary: 'number of tokens of the text, without an end-of-text token; also fills the `token_count` column and the token totals of a run',
  why: 'Samples and budgets are counted in tokens. A recipe that is to be compared with others needs this step.',
  source: 'datatrove TokensCounter (gpt2), the unit of FineWeb',
  range: [0, Number.POSITIVE_INFINITY],
  options: {
    tokenizer: z.enum(tokenizerNames).default('gpt2').describe('gpt2 is the same as r50k_base'),
    file: filePath('a tokenizer.json of Hugging Face, whatever its type, in the place of `tokenizer`').optional(),
  },
  counts: 'tokens',
  measure({ tokenizer, file }) {
    const count = file === undefined ? tokenCounter(tokenizer) : fileTokenCounter(file)
    return (doc) => count(doc.text)
  },
  examples: [
    { text: 'Hello world', value: 2 },
    { text: "We're watering 12345 tomatoes.", value: 7 },
    { text: '', value: 0 },
    { text: 'one<|endoftext|>two', value: 3 },
    { text: 'こんにちは', value: 6 },
    { text: 'こんにちは', value: 1, options: { tokenizer: 'cl100k_base' } },
  ],
})
