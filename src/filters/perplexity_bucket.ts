import { z } from 'zod'
import { filter } from '../core/filter.ts'

export default filter({
  summary: 'which bucket a perplexity measured before falls in: 0 (head) below the first cut-off, 1 (middle) below the second, …',
  why: 'Splits a corpus by quality as CCNet did (head, middle, tail), with cut-offs for each language, because perplexities of different languages do not compare.',
  source: 'CCNet (Wenzek et al. 2019, §4.3; cc_net/data/cutoff.csv): percentiles 30 and 60 of the pages in a language',
  options: {
    perplexity: z.string().min(1).default('perplexity').describe('label of the earlier step that measured it'),
    cutoffs: z
      .array(z.number())
      .nonempty()
      .refine((cutoffs) => cutoffs.every((cutoff, i) => i === 0 || cutoffs[i - 1]! < cutoff), 'each must be above the one before it')
      .describe('where buckets end, from low to high; a perplexity that equals one is in the next bucket'),
  },
  measure({ perplexity, cutoffs }, measured) {
    const perplexityOf = measured(perplexity)
    return (doc) => {
      const value = perplexityOf(doc)
      return cutoffs.filter((cutoff) => value >= cutoff).length
    }
  },
  examples: [
    { text: 'any', value: 0, measured: { perplexity: 339.9 }, options: { cutoffs: [340, 520] } },
    { text: 'any', value: 1, measured: { perplexity: 340 }, options: { cutoffs: [340, 520] } },
    { text: '', value: 2, measured: { perplexity: 2000 }, options: { cutoffs: [340, 520] } },
  ],
})
