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

/** Read the clusters of a run from `duplicates/`: about 200 bytes a document that has copies. */
export async function readClusters(run: MeasuredRun): Promise<Clusters> {
  const known = new Map<string, string>()
  for (let shard = 0; shard < run.plan.inputs.splits; shard++) {
    const path = join(run.dir, 'duplicates', `${shardName(shard)}.parquet`)
    if (!existsSync(path)) continue
    const file = await openParquet(path)
    try {
      for await (const rows of file.batches(['id', 'survivor_id', 'cluster_id']))
        for (const { id, survivor_id, cluster_id } of rows) {
          const survivor = cellText(survivor_id)
          const cluster = cluster_id === null || cluster_id === undefined ? survivor : cellText(cluster_id)
          known.set(cellText(id), cluster)
          known.set(survivor, cluster)
        }
    } finally {
      file.close()
    }
  }
  return { run: run.name, of: (id) => known.get(id) }
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
