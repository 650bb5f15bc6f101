import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { cellText } from '../formats/cell_text.ts'
import { openParquet } from '../formats/parquet_reader.ts'
import { type Plan, shardName } from '../pipeline/plan.ts'
import { readVerdicts } from './verdicts.ts'

/** A row of `duplicates/`. */
export interface DuplicateRow {
  id: string
  url: string
  row: number
  step: string
  survivor: string
  cluster: string | null
  size: number
  estimated: number | null
  exact: number | null
}

/** What one step of deduplication did, and what about it is worth a second look. */
export interface Duplicates {
  step: string
  removed: number
  clusters: number
  /** How many clusters there are of each range of sizes. */
  sizes: Record<string, number>
  largest: { cluster: string; size: number; removed: string[] }[]
  /** Sources that lose at least half of what reached the step. */
  sources: { domain: string; removed: number; of: number }[]
  /** Removed documents whose similarity with the survivor is known, and how many of them are below one half. */
  compared: number
  unlike: number
}

const sizeRanges: [number, string][] = [
  [2, '2'],
  [5, '3–5'],
  [10, '6–10'],
  [100, '11–100'],
  [1000, '101–1,000'],
  [Number.POSITIVE_INFINITY, 'more than 1,000'],
]
const smallestSource = 20

const nullable = <T>(value: unknown, convert: (value: unknown) => T): T | null =>
  value === null || value === undefined ? null : convert(value)

/** The rows of one shard, a batch at a time. */
export async function* readDuplicateRows(dir: string, shard: number): AsyncGenerator<DuplicateRow[]> {
  const path = join(dir, 'duplicates', `${shardName(shard)}.parquet`)
  if (!existsSync(path)) return
  const file = await openParquet(path)
  try {
    for await (const rows of file.batches()) {
      yield rows.map((row) => ({
        id: cellText(row['id']),
        url: cellText(row['url']),
        row: Number(row['row']),
        step: cellText(row['step']),
        survivor: cellText(row['survivor_id']),
        cluster: nullable(row['cluster_id'], cellText),
        size: Number(row['cluster_size'] ?? 0),
        estimated: nullable(row['estimated_similarity'], Number),
        exact: nullable(row['exact_similarity'], Number),
      }))
    }
  } finally {
    file.close()
  }
}

/** Summaries of all steps that removed duplicates in these shards, in the order of the pipeline. */
export async function summarizeDuplicates(dir: string, plan: Plan, shards: readonly number[]): Promise<Duplicates[]> {
  const steps = plan.passes.flatMap((pass) => (pass.kind === 'job' && pass.job === 0 ? [pass.step.label] : []))
  if (steps.length === 0) return []
  const { domainParts } = await import('../text/url_domains.ts')
  const domainOf = domainParts.registered_domain
  const found = new Map(
    steps.map((step) => [
      step,
      { rows: 0, compared: 0, unlike: 0, clusters: new Map<string, Cluster>(), domains: new Map<string, number>() },
    ]),
  )
  for (const shard of shards) {
    for await (const rows of readDuplicateRows(dir, shard)) {
      for (const { step, cluster, survivor, size, url, id, estimated, exact } of rows) {
        const of = found.get(step)
        if (!of) continue
        of.rows++
        const similarity = exact ?? estimated
        if (similarity !== null) {
          of.compared++
          if (similarity < 0.5) of.unlike++
        }
        const domain = domainOf(url)
        of.domains.set(domain, (of.domains.get(domain) ?? 0) + 1)
        const name = cluster ?? survivor
        const known = of.clusters.get(name)
        if (!known) of.clusters.set(name, { size, removed: [url || id] })
        else if (known.removed.length < 3) known.removed.push(url || id)
      }
    }
  }
  const domains = new Set([...found.values()].flatMap((step) => [...step.domains.keys()]))
  const reached = await countReached(dir, plan, shards, { steps, domains, domainOf })
  return steps.map((step) => summary(step, found.get(step)!, reached.get(step)!))
}

interface Cluster {
  size: number
  removed: string[]
}

/** By step and domain: the documents that the step saw, kept or removed by it or later. */
async function countReached(
  dir: string,
  plan: Plan,
  shards: readonly number[],
  { steps, domains, domainOf }: { steps: string[]; domains: ReadonlySet<string>; domainOf(url: string): string },
): Promise<Map<string, Map<string, number>>> {
  const order = plan.passes
    .flatMap((pass) => (pass.kind === 'shards' ? pass.steps.filter(({ part }) => part !== 'after') : []))
    .map(({ label }) => label)
  const reached = new Map(steps.map((step) => [step, new Map<string, number>()]))
  for await (const rows of readVerdicts(dir, shards, [])) {
    for (const { url, reason } of rows) {
      const domain = domainOf(url)
      if (!domains.has(domain)) continue
      const by = reason === null ? order.length : order.indexOf(reason.slice(0, reason.lastIndexOf('.')))
      for (const [step, counts] of reached) if (order.indexOf(step) <= by) counts.set(domain, (counts.get(domain) ?? 0) + 1)
    }
  }
  return reached
}

function summary(
  step: string,
  {
    rows,
    compared,
    unlike,
    clusters,
    domains,
  }: { rows: number; compared: number; unlike: number; clusters: Map<string, Cluster>; domains: Map<string, number> },
  reached: ReadonlyMap<string, number>,
): Duplicates {
  const sizes = Object.fromEntries(sizeRanges.map(([, name]) => [name, 0]))
  for (const { size } of clusters.values()) sizes[sizeRanges.find(([most]) => size <= most)![1]]! += 1
  const largest = [...clusters]
    .map(([cluster, { size, removed }]) => ({ cluster, size, removed }))
    .sort((a, b) => b.size - a.size || (a.cluster < b.cluster ? -1 : 1))
    .slice(0, 10)
  const sources = [...domains]
    .map(([domain, removed]) => ({ domain, removed, of: reached.get(domain) ?? removed }))
    .filter(({ removed, of }) => of >= smallestSource && removed >= of / 2)
    .sort((a, b) => b.removed - a.removed || (a.domain < b.domain ? -1 : 1))
    .slice(0, 20)
  return { step, removed: rows, clusters: clusters.size, sizes, largest, sources, compared, unlike }
}
