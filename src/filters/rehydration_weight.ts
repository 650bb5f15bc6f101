import { z } from 'zod'
import { filter } from '../core/filter.ts'

export default filter({
  summary:
    'how often a document is to be repeated in training, by the size of the cluster of near-duplicates that it was left of (minhash_dedup with cluster_metadata); 1 for one without copies',
  why: 'Deduplication throws away how often a page was found. FineWeb-2 takes some copies as a sign of quality, and very many as none, and repeats what it kept accordingly.',
  source: 'FineWeb-2, "rehydration" (huggingface/fineweb-2: minhash_cluster_size to weight)',
  options: {
    weights: z
      .array(z.tuple([z.int().min(1), z.number().min(0)]))
      .nonempty()
      .describe('pairs of a cluster size and the weight from that size on, in ascending order'),
  },
  measure({ weights }) {
    const descending = [...weights].sort(([a], [b]) => b - a)
    return ({ metadata }) => {
      const size = Number(metadata['minhash_cluster_size'] ?? 1)
      return descending.find(([from]) => size >= from)?.[1] ?? 1
    }
  },
  examples: [
    { text: '', value: 1, options: { weights: [[2, 2]] } },
    {
      text: 'a',
      value: 3,
      metadata: { minhash_cluster_size: 4 },
      options: {
        weights: [
          [1, 1],
          [2, 2],
          [3, 3],
          [5, 5],
          [100, 8],
          [1000, 1],
        ],
      },
    },
    {
      text: 'a',
      value: 1,
      metadata: { minhash_cluster_size: 1000 },
      options: {
        weights: [
          [1, 1],
          [100, 8],
          [1000, 1],
        ],
      },
    },
  ],
})
