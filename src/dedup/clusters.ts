import { compareIds } from './compare_ids.ts'
import type { ClusteredMember } from './labels.ts'
import type { Position, ShingleStore } from './shingle_file.ts'
import { estimate } from './signatures.ts'
import { SignedFile } from './signed_file.ts'
import type { UnionFind } from './union_find.ts'

/** Documents of all shards under one number each. */
export class Numbering {
  readonly total: number
  /** Documents of each shard. */
  readonly counts: number[] = []
  readonly bases: number[] = []

  constructor(private readonly files: readonly { index: number; path: string }[]) {
    let base = 0
    for (const { path } of files) {
      const file = new SignedFile(path)
      this.bases.push(base)
      this.counts.push(file.count)
      base += file.count
      file.close()
    }
    this.total = base
  }

  position(number: number): Position {
    const { bases } = this
    let low = 0
    let high = bases.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (bases[middle]! <= number) low = middle
      else high = middle - 1
    }
    return { shard: this.files[low]!.index, document: number - bases[low]! }
  }
}

/** Among this many documents of one key, all pairs are compared; beyond, each with as many that differ from one another. */
const mostPairwise = 64

/** Joins documents that share a key and are similar enough, however they stand in their bucket. */
export class Verifier {
  readonly #failed = new Set<number>()
  compared = 0
  failed = 0

  constructor(
    private readonly sets: UnionFind,
    private readonly numbering: Numbering,
    private readonly store: ShingleStore,
    private readonly threshold: number,
  ) {}

  join(bucket: readonly number[]): void {
    if (bucket.length <= mostPairwise) {
      bucket.forEach((a, i) => {
        for (const b of bucket.slice(0, i)) this.#join(a, b)
      })
      return
    }
    const order = (number: number): number => this.store.order(this.numbering.position(number))
    const byText = bucket.map((number) => ({ number, order: order(number) })).sort((a, b) => a.order - b.order || a.number - b.number)
    const leaders: number[] = []
    for (const { number } of byText) {
      if (leaders.some((leader) => this.#join(number, leader))) continue
      if (leaders.length < mostPairwise) leaders.push(number)
    }
  }

  /** Whether two documents are in one set, now or before. */
  #join(a: number, b: number): boolean {
    if (this.sets.find(a) === this.sets.find(b)) return true
    const pair = Math.min(a, b) * this.numbering.total + Math.max(a, b)
    if (this.#failed.has(pair)) return false
    this.compared++
    if (this.store.similarity(this.numbering.position(a), this.numbering.position(b)) >= this.threshold) return this.sets.union(a, b)
    this.failed++
    if (this.#failed.size >= 1 << 22) this.#failed.clear()
    this.#failed.add(pair)
    return false
  }
}

/** What becomes of one document of a cluster. */
export interface Fate {
  row: number
  /** Id of the document that stays in its place; null for that one. */
  survivor: string | null
  /** The smallest id of the cluster, which names it however the work was split. */
  cluster: string
  size: number
  /** Similarity with the survivor. */
  estimated: number
  exact: number | null
}

/**
 * Choose one document of each of so many clusters, and tell the fates of their members, shard by shard. `members` is read twice, in the order of
 * shards and documents. In memory for a cluster: sketch and id of its survivor, its smallest id, and 44 bytes; for a member nothing. Counts
 * clusters, removed documents, and those of them that are less similar to the survivor than `threshold`: joined by others in between.
 */
export function* decide(
  members: () => Iterable<ClusteredMember>,
  clusters: number,
  {
    sketchBytes,
    threshold,
    store,
    count,
  }: { sketchBytes: number; threshold: number; store: ShingleStore | undefined; count(name: string, n: number): void },
): Generator<{ shard: number; fate: Fate }> {
  const sizes = new Uint32Array(clusters)
  const ranks = new Float64Array(clusters)
  const best = { shards: new Uint32Array(clusters), documents: new Uint32Array(clusters), ids: new IdList(clusters) }
  const sketches = new Uint8Array(clusters * sketchBytes)
  const smallest = new IdList(clusters)
  for (const { slot, shard, document, rank, id, sketch } of members()) {
    const isFirst = sizes[slot]! === 0
    sizes[slot]! += 1
    if (isFirst || compareIds(id, smallest.get(slot)) < 0) smallest.set(slot, id)
    // Of equal ids, the first one.
    if (!isFirst && !(rank > ranks[slot]! || (rank === ranks[slot]! && compareIds(id, best.ids.get(slot)) < 0))) continue
    ranks[slot] = rank
    best.shards[slot] = shard
    best.documents[slot] = document
    best.ids.set(slot, id)
    sketches.set(sketch, slot * sketchBytes)
  }
  let removed = 0
  let below = 0
  for (const { slot, shard, document, row, sketch } of members()) {
    const survivor = { shard: best.shards[slot]!, document: best.documents[slot]! }
    const cluster = smallest.get(slot).toString()
    const size = sizes[slot]!
    if (survivor.shard === shard && survivor.document === document) {
      yield { shard, fate: { row, survivor: null, cluster, size, estimated: 1, exact: null } }
      continue
    }
    const exact = store ? store.similarity({ shard, document }, survivor) : null
    const kept = sketches.subarray(slot * sketchBytes, (slot + 1) * sketchBytes)
    const estimated = Math.round(estimate(sketch, kept) * 1e4) / 1e4
    removed++
    if ((exact ?? estimated) < threshold) below++
    yield { shard, fate: { row, survivor: best.ids.get(slot).toString(), cluster, size, estimated, exact } }
  }
  for (const [name, n] of Object.entries({ clusters, removed, removed_below_threshold: below })) if (n > 0) count(name, n)
}

const chunkBytes = 1 << 22

/** An id for each of so many places, in memory beside the heap. */
class IdList {
  readonly #chunks = [Buffer.allocUnsafeSlow(chunkBytes)]
  #used = 0
  /** Chunk; place in it, length. */
  readonly #places: Int32Array
  readonly #lengths: Uint32Array

  constructor(size: number) {
    this.#places = new Int32Array(2 * size)
    this.#lengths = new Uint32Array(size)
  }

  get(i: number): Buffer {
    const start = this.#places[2 * i + 1]!
    return this.#chunks[this.#places[2 * i]!]!.subarray(start, start + this.#lengths[i]!)
  }

  set(i: number, id: Uint8Array): void {
    // What is longer than what it replaces gets a new place.
    if (id.length > this.#lengths[i]!) {
      if (this.#used + id.length > chunkBytes) {
        this.#chunks.push(Buffer.allocUnsafeSlow(Math.max(chunkBytes, id.length)))
        this.#used = 0
      }
      this.#places[2 * i] = this.#chunks.length - 1
      this.#places[2 * i + 1] = this.#used
      this.#used += id.length
    }
    this.#chunks[this.#places[2 * i]!]!.set(id, this.#places[2 * i + 1]!)
    this.#lengths[i] = id.length
  }
}

/** All pairs of numbers, each of them `base` more than it says. */
export function unite(sets: UnionFind, pairs: Int32Array | Uint32Array, base = 0): void {
  for (let i = 0; i < pairs.length; i += 2) sets.union(pairs[i]! + base, pairs[i + 1]! + base)
}
