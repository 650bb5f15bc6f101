import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { MeasuredRun } from '../compare/measurement.ts'
import { cellText } from '../formats/cell_text.ts'
import { openParquet } from '../formats/parquet_reader.ts'
import { shardName } from '../pipeline/plan.ts'

/** The clusters of near-duplicates that a run has found, by document id; documents without copies are in none. */
export interface Clusters {
  run: string
  /** The id that all copies share. */
  of(id: string): string | undefined
}

interface DuplicateRecord {
  id: string
  survivor: string
  cluster: string
}

/** What a run recorded of its duplicates, one removed document after another. */
export async function* recordsOf(run: MeasuredRun): AsyncGenerator<DuplicateRecord> {
  for (let shard = 0; shard < run.plan.inputs.splits; shard++) {
    const path = join(run.dir, 'duplicates', `${shardName(shard)}.parquet`)
    if (!existsSync(path)) continue
    const file = await openParquet(path)
    try {
      for await (const rows of file.batches(['id', 'survivor_id', 'cluster_id']))
        for (const { id, survivor_id, cluster_id } of rows) {
          const survivor = cellText(survivor_id)
          yield { id: cellText(id), survivor, cluster: cluster_id === null || cluster_id === undefined ? survivor : cellText(cluster_id) }
        }
    } finally {
      file.close()
    }
  }
}

/** Ids in groups that grow together: what survives one deduplication may be a copy by the next. */
export class JoinedIds {
  readonly #above = new Map<string, string>()

  get size(): number {
    return this.#above.size
  }

  add(id: string): void {
    if (!this.#above.has(id)) this.#above.set(id, id)
  }

  /** The id that stands for the group of this one; undefined where it is in none. */
  of(id: string): string | undefined {
    let above = this.#above.get(id)
    while (above !== undefined && above !== id) {
      const next = this.#above.get(above)!
      this.#above.set(id, next)
      ;[id, above] = [above, next]
    }
    return above
  }

  /** Join two groups; the second stands for both. */
  join(id: string, other: string): void {
    this.add(id)
    this.add(other)
    this.#above.set(this.of(id)!, this.of(other)!)
  }
}

/** Read the clusters of a run from `duplicates/`: about 200 bytes a document that has copies. */
export async function readClusters(run: MeasuredRun): Promise<Clusters> {
  const known = new JoinedIds()
  for await (const { id, survivor, cluster } of recordsOf(run)) {
    known.join(id, cluster)
    known.join(survivor, cluster)
  }
  return { run: run.name, of: (id) => known.of(id) }
}

const ranges: [number, string][] = [
  [1, '1'],
  [2, '2'],
  [5, '3–5'],
  [10, '6–10'],
  [100, '11–100'],
  [Number.POSITIVE_INFINITY, 'more'],
]

/** Counts documents by how many copies of them there are among those counted. */
export class CopyCounter {
  readonly #sizes = new Map<string, number>()
  #single = 0

  add(cluster: string | undefined): void {
    if (cluster === undefined) this.#single++
    else this.#sizes.set(cluster, (this.#sizes.get(cluster) ?? 0) + 1)
  }

  result(): Record<string, number> {
    const counts: Record<string, number> = Object.fromEntries(ranges.map(([, name]) => [name, 0]))
    counts['1'] = this.#single
    for (const size of this.#sizes.values()) {
      const [, name] = ranges.find(([most]) => size <= most)!
      counts[name]! += size
    }
    return counts
  }
}
