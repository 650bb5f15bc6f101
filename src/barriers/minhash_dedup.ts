import { crc32 } from 'node:zlib'
import { z } from 'zod'
import { barrier } from '../core/barrier.ts'
import type { Doc } from '../core/doc.ts'
import { NumberList } from '../core/number_list.ts'
import { decide, type Fate, Numbering, unite, Verifier } from '../dedup/clusters.ts'
import { KeyFileWriter, KeyTable, readKeys, slices } from '../dedup/key_file.ts'
import { MemberFileWriter } from '../dedup/member_file.ts'
import { readNumbers, slicesOf, writeNumbers } from '../dedup/record_file.ts'
import { ShingleFileWriter, ShingleStore } from '../dedup/shingle_file.ts'
import { chanceOf, signer } from '../dedup/signatures.ts'
import { UnionFind } from '../dedup/union_find.ts'
import { dealtParts, writeParts } from '../formats/part_file.ts'
import { normalizerOption } from '../text/normalizers.ts'
import { tokenizerOption } from '../text/words/word_tokenizers.ts'

const ranks: Record<string, (doc: Doc, measured: (doc: Doc) => number) => number> = {
  smallest_id: () => 0,
  longest: (doc) => doc.text.length,
  newest: (doc) => Date.parse(String(doc.metadata['date'])) || Number.NEGATIVE_INFINITY,
  best: (doc, measured) => measured(doc),
}

export default barrier({
  summary:
    'keep one document of each cluster of near-duplicates, found by MinHash: a pair of similarity s is found with 1 − (1 − s^rows)^bands',
  why: 'Finds copies that differ in a date, an advertisement or a few words, which exact deduplication misses. FineWeb runs it on each crawl by itself: across all crawls it gave worse models in its ablations.',
  source: 'datatrove minhash.py (FineWeb: 14 bands of 8 rows over 5-grams of words, seed 1); Broder 1997; Lee et al. 2022',
  options: {
    unit: z.enum(['word', 'character']).default('word').describe('what shingles are made of'),
    ngram: z.int().min(1).max(100).default(5).describe('words or characters in a shingle; shorter texts have no near-duplicates'),
    normalizer: normalizerOption,
    tokenizer: tokenizerOption,
    hash: z.enum(['xxh64', 'sha1']).default('xxh64').describe('hash of shingles (64 bits); datatrove has both'),
    bands: z.int().min(1).max(1000).default(14).describe('groups of minimum hashes; two documents are candidates when they share any'),
    rows: z.int().min(1).max(100).default(8).describe('minimum hashes in a group'),
    seed: z.int().min(0).default(1).describe('of the hash functions'),
    scope: z
      .enum(['all', 'dump', 'language'])
      .default('all')
      .describe('where duplicates are looked for: everywhere, or only in the same dump or language'),
    survivor: z
      .enum(['smallest_id', 'longest', 'newest', 'best'])
      .default('smallest_id')
      .describe(
        'which document of a cluster stays; best is the one that measures most by the step named in `by`; among equals, the smallest id',
      ),
    by: z.string().optional().describe('label of the earlier filter whose value decides, for survivor: best'),
    verify: z
      .number()
      .min(0)
      .max(1)
      .optional()
      .describe('join candidates only if their exact Jaccard similarity is at least this; without it, sharing a band is enough'),
    cluster_metadata: z
      .boolean()
      .default(false)
      .describe('give survivors `minhash_cluster_id` and `minhash_cluster_size`, for weights by how often a text was found'),
    partitions: z.int().min(1).max(slices).default(4).describe('tasks that the comparison of keys is split into'),
  },

  needs: [
    [{ survivor: 'best' }, 'by'],
    ['by', { survivor: 'best' }],
  ],
  finds: 'clusters',
  keeps: () => 'one of each cluster',
  forecast({ bands, rows }) {
    const similarities = [0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95]
    const shares = similarities.map((s) => `${s}: ${(100 * chanceOf(s, { bands, rows })).toFixed(1)} %`)
    // Keys of 12 bytes; row, rank, id (a URN of 47 bytes) and sketch; union-find and sizes.
    const disk = 12 * bands + 16 + 47 + bands * rows
    return `${bands} bands of ${rows} rows find this share of pairs with similarity ${shares.join(', ')}; needs about ${disk} bytes of disk per document, and 50 of memory in its last task`
  },

  before(options, task, measured) {
    const { bands, rows, scope, survivor, by, verify } = options
    const sign = signer(options)
    const keys = new KeyFileWriter(bands)
    const members = new MemberFileWriter(bands * rows)
    const shingles = verify === undefined ? undefined : new ShingleFileWriter(task.output('shingles'))
    const value = survivor === 'best' ? measured(by!) : () => 0
    const rank = ranks[survivor]!
    return {
      see(doc) {
        const signature = sign(doc.text, scope === 'all' ? 0 : crc32(String(doc.metadata[scope])))
        if (!signature) return
        keys.add(signature.keys)
        members.add({ row: doc.verdict.row, id: doc.id, rank: rank(doc, value), sketch: signature.sketch })
        shingles?.add(signature.shingles)
      },
      end() {
        // Documents of one shard that share a key meet here, so that a key that half the crawl has costs the comparison one record a shard.
        const pairs = keys.write(task.output('keys'), verify !== undefined)
        members.write(task.output('members'))
        writeNumbers(task.output('pairs'), pairs)
        shingles?.close()
      },
    }
  },

  jobs: [
    {
      name: 'compare',
      tasks: ({ partitions }) => partitions,
      run({ bands, partitions, verify }, task) {
        const numbering = new Numbering(task.inputs('before', 'members'))
        const files = task.inputs('before', 'keys')
        const { from, to } = slicesOf(task.index, partitions, slices)
        // Without verification, only pairs that join two sets are worth a line.
        const sets = new UnionFind(verify === undefined ? numbering.total : 0)
        const pairs = new NumberList(Uint32Array)
        for (let band = 0; band < bands; band++) {
          const records = files.map(({ index, path }) => ({ base: numbering.base(index), keys: readKeys(path, { bands, band, from, to }) }))
          const table = new KeyTable(records.reduce((sum, { keys }) => sum + keys.length / 3, 0))
          const buckets = new Map<number, number[]>()
          for (const { base, keys } of records) {
            for (let i = 0; i < keys.length; i += 3) {
              const number = base + keys[i + 2]!
              const first = table.firstOf(keys[i]!, keys[i + 1]!, number)
              if (first === number) continue
              if (verify === undefined) {
                if (sets.union(number, first)) pairs.pushAll([number, first])
              } else {
                const bucket = buckets.get(first)
                if (bucket) bucket.push(number)
                else buckets.set(first, [first, number])
              }
            }
          }
          for (const bucket of buckets.values()) pairs.pushAll([bucket.length, ...bucket])
        }
        writeNumbers(task.output('pairs'), pairs.view())
      },
    },
    {
      name: 'cluster',
      tasks: () => 1,
      run({ bands, rows, verify }, task, shards) {
        const numbering = new Numbering(task.inputs('before', 'members'))
        const sets = new UnionFind(numbering.total)
        const compared = task.inputs('compare', 'pairs')
        const count = (name: string, n = 1): void => task.metrics.add(`minhash_dedup:${name}`, n)
        let store: ShingleStore | undefined
        if (verify === undefined) {
          for (const { index, path } of task.inputs('before', 'pairs')) unite(sets, readNumbers(path), numbering.base(index))
          for (const { path } of compared) unite(sets, readNumbers(path))
        } else {
          store = new ShingleStore(new Map(task.inputs('before', 'shingles').map(({ index, path }) => [index, path])))
          task.inputs('before', 'shingles-ends')
          const verifier = new Verifier(sets, numbering, store, verify)
          for (const { path } of compared) {
            const buckets = readNumbers(path)
            for (let at = 0; at < buckets.length; at += buckets[at]! + 1)
              verifier.join(Array.from(buckets.subarray(at + 1, at + 1 + buckets[at]!)))
          }
          count('compared', verifier.compared)
          count('not_similar', verifier.failed)
        }
        // Where the chance to be found is one half.
        const threshold = verify ?? (1 - 0.5 ** (1 / bands)) ** (1 / rows)
        const fates = decide(sets, numbering, { sketchBytes: bands * rows, threshold, store, count })
        writeParts(task.output('fates'), dealtParts(shards, fates))
        store?.close()
      },
    },
  ],

  after({ cluster_metadata }, task) {
    const fates = new Map<number, Fate>()
    for (const part of task.dealt('cluster', 'fates')) {
      for (const line of Buffer.from(part).toString().trimEnd().split('\n')) {
        const fate = JSON.parse(line) as Fate
        fates.set(fate.row, fate)
      }
    }
    return (doc) => {
      const fate = fates.get(doc.verdict.row)
      if (fate && fate.survivor !== null) {
        const { survivor, cluster, size, estimated, exact } = fate
        return { reason: 'duplicate', duplicate: { method: 'minhash', survivor, cluster, size, estimated, exact } }
      }
      if (!cluster_metadata) return doc
      return doc.withMetadata({ minhash_cluster_id: fate?.cluster ?? doc.id, minhash_cluster_size: fate?.size ?? 1 })
    }
  },
})
