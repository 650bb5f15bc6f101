import { crc32 } from 'node:zlib'
import { z } from 'zod'
import { barrier } from '../core/barrier.ts'
import type { Doc } from '../core/doc.ts'
import type { Task } from '../core/task.ts'
import { decide, type Fate, Numbering, unite, Verifier } from '../dedup/clusters.ts'
import { keyGroups, readEdges, writeBuckets, writeEdges } from '../dedup/edges.ts'
import { ByteList } from '../dedup/groups.ts'
import { slices } from '../dedup/key_slices.ts'
import { clusteredMembers, dealMembers, writeLabels } from '../dedup/labels.ts'
import { readNumbers, slicesOf, tasksFor, writeNumbers } from '../dedup/record_file.ts'
import { ShingleFileWriter, ShingleStore } from '../dedup/shingle_file.ts'
import { chanceOf, signer } from '../dedup/signatures.ts'
import { SignedFile, SignedFileWriter } from '../dedup/signed_file.ts'
import { UnionFind } from '../dedup/union_find.ts'
import { PartWriter } from '../formats/part_file.ts'
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
    partitions: z
      .int()
      .min(1)
      .max(slices)
      .default(4)
      .describe('tasks that the comparison of keys is split into, at least; large inputs have more'),
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
    // Keys of 12 bytes; row, rank, id (a URN of 47 bytes) and sketch.
    const disk = 12 * bands + 16 + 47 + bands * rows
    return `${bands} bands of ${rows} rows find this share of pairs with similarity ${shares.join(', ')}; needs about ${disk} bytes of disk per document, and 4 of memory in one of its tasks`
  },

  before(options, task, measured) {
    const { bands, rows, scope, survivor, by, verify } = options
    const sign = signer(options)
    const signed = new SignedFileWriter(bands, bands * rows)
    const shingles = verify === undefined ? undefined : new ShingleFileWriter(task.output('shingles'))
    const value = survivor === 'best' ? measured(by!) : () => 0
    const rank = ranks[survivor]!
    return {
      see(doc) {
        const signature = sign(doc.text, scope === 'all' ? 0 : crc32(String(doc.metadata[scope])))
        if (!signature) return
        signed.add(signature.keys, { row: doc.verdict.row, id: doc.id, rank: rank(doc, value), sketch: signature.sketch })
        shingles?.add(signature.shingles)
      },
      end() {
        signed.write(task.output('signed'), verify !== undefined)
        shingles?.close()
      },
    }
  },

  jobs: [
    {
      name: 'compare',
      tasks: ({ partitions }, shards) => tasksFor(shards, partitions, slices),
      run({ bands, partitions, verify }, task, shards) {
        const files = task.inputs('before', 'signed')
        const range = slicesOf(task.index, tasksFor(shards, partitions, slices), slices)
        const groups = keyGroups(files, { bands, ...range, scratch: task.output('scratch') })
        if (verify === undefined) writeEdges(task.output('edges'), groups)
        else writeBuckets(task.output('edges'), groups)
      },
    },
    {
      name: 'cluster',
      tasks: () => 1,
      run({ partitions, verify }, task, shards) {
        const signed = task.inputs('before', 'signed')
        const numbering = new Numbering(signed)
        const sets = new UnionFind(numbering.total)
        const compared = task.inputs('compare', 'edges')
        if (verify === undefined) {
          for (const [i, { path }] of signed.entries()) {
            const file = new SignedFile(path)
            unite(sets, file.pairs(), numbering.bases[i])
            file.close()
          }
          for (const { path } of compared) for (const edges of readEdges(path)) unite(sets, edges)
        } else {
          const store = storeOf(task)
          const verifier = new Verifier(sets, numbering, store, verify)
          for (const { path } of compared) for (const bucket of readEdges(path)) verifier.join(Array.from(bucket))
          store.close()
          task.metrics.add('minhash_dedup:compared', verifier.compared)
          task.metrics.add('minhash_dedup:not_similar', verifier.failed)
        }
        const clusters = writeLabels(sets, numbering.counts, tasksFor(shards, partitions, slices), (i) => task.output(`labels-${i}`))
        writeNumbers(task.output('clusters'), Uint32Array.of(clusters))
      },
    },
    {
      name: 'deal',
      tasks: ({ partitions }, shards) => tasksFor(shards, partitions, slices),
      run({ bands, rows, partitions }, task, shards) {
        const files = task.inputs('before', 'signed')
        const [labels] = task.inputs('cluster', `labels-${task.index}`)
        const path = (i: number): string => task.output(`members-${i}`)
        dealMembers(labels!.path, files, { sketchBytes: bands * rows, tasks: tasksFor(shards, partitions, slices), path })
      },
    },
    {
      name: 'decide',
      tasks: ({ partitions }, shards) => tasksFor(shards, partitions, slices),
      run({ bands, rows, partitions, verify, cluster_metadata }, task, shards) {
        const files = task.inputs('deal', `members-${task.index}`)
        const tasks = tasksFor(shards, partitions, slices)
        const [clusters] = task.inputs('cluster', 'clusters').map(({ path }) => readNumbers(path)[0]!)
        const store = verify === undefined ? undefined : storeOf(task)
        // Where the chance to be found is one half.
        const threshold = verify ?? (1 - 0.5 ** (1 / bands)) ** (1 / rows)
        const fates = decide(() => clusteredMembers(files, bands * rows), Math.ceil((clusters! - task.index) / tasks), {
          sketchBytes: bands * rows,
          threshold,
          store,
          count: (name, n) => task.metrics.add(`minhash_dedup:${name}`, n),
        })
        writeFates(task.output('fates'), shards, fates, cluster_metadata)
        store?.close()
      },
    },
  ],

  after({ cluster_metadata }, task) {
    const fates = new Map<number, Fate>()
    for (const part of task.dealt('decide', 'fates')) {
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

function storeOf(task: Task): ShingleStore {
  task.inputs('before', 'shingles-ends')
  return new ShingleStore(new Map(task.inputs('before', 'shingles').map(({ index, path }) => [index, path])))
}

/** Lines of JSON in a part for each shard; survivors have one only if something is said of them too. */
function writeFates(path: string, shards: number, fates: Iterable<{ shard: number; fate: Fate }>, withSurvivors: boolean): void {
  const file = new PartWriter(path, shards)
  let current = 0
  let lines = new ByteList()
  const flush = (): void => {
    if (lines.length > 0) file.write(current, lines.view())
    lines = new ByteList()
  }
  for (const { shard, fate } of fates) {
    if (fate.survivor === null && !withSurvivors) continue
    if (shard !== current) flush()
    current = shard
    lines.add(Buffer.from(`${JSON.stringify(fate)}\n`))
  }
  flush()
  file.close()
}
