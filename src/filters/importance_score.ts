import { z } from 'zod'
import { UserError } from '../core/errors.ts'
import { filter } from '../core/filter.ts'
import { filePath } from '../core/options.ts'
import { readNumpyFile } from '../models/numpy_file.ts'
import { hashHigh, hashKey, hashPair, hashString } from '../models/python_hash.ts'
import { remainder } from '../models/uint64.ts'
import { tokenizerOption } from '../text/words/word_tokenizers.ts'
import { wordsBy, wordText } from '../text/words/words.ts'

/** Stands for what a domain has never had. */
const least = 1e-8

export default filter({
  summary:
    'log of how much likelier the words and pairs of neighbouring words are in one domain than in another, added up; they count by hash bucket',
  why: 'Selects text like a target corpus without training a classifier: it needs only counts of words of the target and of the crawl.',
  source: 'DSIR (Xie et al. 2023); RedPajama-V2 rps_doc_books_importance and the like (importance_weights.py)',
  options: {
    target: filePath('counts of hashed words and pairs in the wanted domain (.npy), such as RedPajama-V2’s books.en.10000.counts.npy'),
    source: filePath('the same of what documents are taken from, with as many buckets, such as ccnet.en.10000.counts.npy'),
    hash_seed: z.int().min(0).max(4294967295).default(42).describe('PYTHONHASHSEED when the counts were made (Python 3.11 or later)'),
    tokenizer: tokenizerOption,
  },
  measure({ target, source, hash_seed, tokenizer }) {
    const weights = logRatios(target, source)
    const key = hashKey(hash_seed)
    const words = wordsBy(tokenizer)
    return (doc) => {
      const view = doc.view(words)
      const highs = new Int32Array(view.distinct)
      const lows = new Int32Array(view.distinct)
      let sum = 0
      for (let id = 0; id < view.distinct; id++) {
        lows[id] = hashString(wordText(view, id), key)
        highs[id] = hashHigh
        sum += view.counts[id]! * weights[bucketOf(highs[id]!, lows[id]!, weights.length)]!
      }
      for (let i = 1; i < view.count; i++) {
        const [first, second] = [view.ids[i - 1]!, view.ids[i]!]
        const low = hashPair(highs[first]!, lows[first]!, highs[second]!, lows[second]!)
        sum += weights[bucketOf(hashHigh, low, weights.length)]!
      }
      return sum
    }
  },
  examples: [
    {
      text: 'The roses grew.',
      value: 2.6749806696933844,
      options: { target: 'fixtures/models/garden.counts.npy', source: 'fixtures/models/all.counts.npy', tokenizer: 'wordpunct' },
    },
    { text: '', value: 0, options: { target: 'fixtures/models/garden.counts.npy', source: 'fixtures/models/all.counts.npy' } },
  ],
})

/** `abs(hash) % buckets` */
function bucketOf(high: number, low: number, buckets: number): number {
  return high < 0 ? remainder(~high + (low === 0 ? 1 : 0), -low, buckets) : remainder(high, low, buckets)
}

function logRatios(target: string, source: string): Float64Array {
  const [targetCounts, sourceCounts] = [target, source].map(readNumpyFile) as [Float64Array, Float64Array]
  if (targetCounts.length !== sourceCounts.length)
    throw new UserError(`${target} has ${targetCounts.length} buckets, ${source} ${sourceCounts.length}`)
  const [targetSum, sourceSum] = [sumOf(targetCounts), sumOf(sourceCounts)]
  return targetCounts.map((count, bucket) => Math.log(count / targetSum + least) - Math.log(sourceCounts[bucket]! / sourceSum + least))
}

const sumOf = (counts: Float64Array): number => counts.reduce((sum, count) => sum + count, 0)
