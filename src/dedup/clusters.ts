import { countMembers, readMembers } from './member_file.ts'
import type { Position, ShingleStore } from './shingle_file.ts'
import { estimate } from './signatures.ts'
import type { UnionFind } from './union_find.ts'

interface ShardFile {
  index: number
  path: string
}

/** Documents of all shards under one number each. */
export class Numbering {
  readonly total: number
  readonly #bases: number[] = []
  readonly #shards: number[] = []
  readonly #baseOf = new Map<number, number>()

  constructor(readonly members: readonly ShardFile[]) {
    let base = 0
    for (const { index, path } of members) {
      this.#bases.push(base)
      this.#shards.push(index)
      this.#baseOf.set(index, base)
      base += countMembers(path)
    }
    this.total = base
    if (base >= 2 ** 32) throw new Error(`${base} documents are more than can be compared at once (2³²); split them by scope`)
  }

  /** Number of the first document of a shard. */
  base(shard: number): number {
    return this.#baseOf.get(shard)!
  }

  position(number: number): Position {
    let low = 0
    let high = this.#bases.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (this.#bases[middle]! <= number) low = middle
      else high = middle - 1
    }
    return { shard: this.#shards[low]!, document: number - this.#bases[low]! }
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
 * Choose one document of each cluster: the fates of each shard's documents, as JSON lines. Counts clusters, removed documents, and those of them
 * that are less similar to the survivor than `threshold`: joined by others in between.
 */
export function decide(
  sets: UnionFind,
  numbering: Numbering,
  {
    sketchBytes,
    threshold,
    store,
    count,
  }: {
    sketchBytes: number
    threshold: number
    store: ShingleStore | undefined
    count(name: string, n?: number): void
  },
): Map<number, Buffer> {
  const sizes = new Uint32Array(numbering.total)
  for (let i = 0; i < numbering.total; i++) sizes[sets.find(i)]! += 1
  const clusters = new Map<number, { best: Choice; smallest: string }>()
  const eachClustered = (
    visit: (shard: number, number: number, root: number, members: ReturnType<typeof readMembers>, i: number) => void,
  ): void => {
    let number = 0
    for (const { index, path } of numbering.members) {
      const members = readMembers(path, sketchBytes)
      for (let i = 0; i < members.count; i++, number++) {
        const root = sets.find(number)
        if (sizes[root]! > 1) visit(index, number, root, members, i)
      }
    }
  }
  eachClustered((_, number, root, members, i) => {
    const { id, rank, sketch } = members.member(i)
    const known = clusters.get(root)
    const choice = { id, rank, number, sketch }
    if (!known) {
      count('clusters')
      clusters.set(root, { best: { ...choice, sketch: Uint8Array.from(sketch) }, smallest: id })
      return
    }
    if (isBetter(choice, known.best)) known.best = { ...choice, sketch: Uint8Array.from(sketch) }
    if (id < known.smallest) known.smallest = id
  })
  const fates = new Map<number, string[]>()
  eachClustered((shard, number, root, members, i) => {
    const lines = fates.get(shard) ?? []
    fates.set(shard, lines)
    const { row, sketch } = members.member(i)
    const { best, smallest } = clusters.get(root)!
    const stays = best.number === number
    const exact = store && !stays ? store.similarity(numbering.position(number), numbering.position(best.number)) : null
    const estimated = stays ? 1 : Math.round(estimate(sketch, best.sketch) * 1e4) / 1e4
    const fate: Fate = { row, survivor: stays ? null : best.id, cluster: smallest, size: sizes[root]!, estimated, exact }
    lines.push(`${JSON.stringify(fate)}\n`)
    if (stays) return
    count('removed')
    if ((exact ?? estimated) < threshold) count('removed_below_threshold')
  })
  return new Map([...fates].map(([shard, lines]) => [shard, Buffer.from(lines.join(''))]))
}

interface Choice {
  id: string
  rank: number
  number: number
  sketch: Uint8Array
}

const isBetter = (a: Choice, b: Choice): boolean =>
  a.rank > b.rank || (a.rank === b.rank && (a.id < b.id || (a.id === b.id && a.number < b.number)))

/** All pairs of a file of two numbers each. */
export function unite(sets: UnionFind, pairs: Uint32Array, base = 0): void {
  for (let i = 0; i < pairs.length; i += 2) sets.union(pairs[i]! + base, pairs[i + 1]! + base)
}
