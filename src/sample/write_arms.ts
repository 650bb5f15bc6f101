import { join } from 'node:path'
import type { MeasuredRun } from '../compare/measurement.ts'
import { cellText } from '../formats/cell_text.ts'
import { hashFile } from '../pipeline/hash_file.ts'
import { type Plan, stepsOf } from '../pipeline/plan.ts'
import { type Clusters, CopyCounter } from './clusters.ts'
import { type Batch, type Corpus, heldOutSeed, type Strata } from './corpus.ts'
import { type Drawing, eachDocument, type Lane } from './cuts.ts'
import type { Drawn } from './manifest.ts'
import { isWithin, noDocument, type OrderCut } from './order.ts'
import type { SampleArm } from './request.ts'
import { rowGroupsOf, writeRows } from './rows.ts'
import type { Source } from './sources.ts'
import type { TokenCounts } from './token_counts.ts'

/** An arm of one seed, with where each of its parts ends. */
export interface ToWrite {
  name: string
  seed: number
  arm: SampleArm
  parts: PartToWrite[]
  isShort: boolean
}

export interface PartToWrite {
  lane: Lane
  /** In each stratum. */
  cuts: OrderCut[]
  /** Whole copies of every document, and where a last, partial one ends. */
  copies: number
  again: OrderCut[]
}

interface Writing extends ToWrite {
  file: string
  rows: Awaited<ReturnType<typeof writeRows>>
  documents: number
  tokens: number
  repeated: { documents: number; tokens: number }
  ofParts: { documents: number; tokens: number }[]
  shards: Map<string, Drawn['shards'][number]>
  strata: Map<string, Map<string, { documents: number; tokens: number }>>
  inCorpus: CopyCounter
  inSample: CopyCounter
}

/** Where arms are written to, and what is known beside the documents. */
export interface Room {
  dir: string
  sources: ReadonlyMap<MeasuredRun, Source>
  clusters: Clusters | undefined
  strata: Strata
}

/** One pass over the documents: write the chosen ones of all arms, and count them. */
export async function writeArms(arms: readonly ToWrite[], drawing: Omit<Drawing, 'lanes'>, room: Room): Promise<Drawn[]> {
  const { dir, sources, clusters, strata } = room
  const sourceList = [...sources.keys()]
  const writing: Writing[] = []
  for (const arm of arms) {
    const file = arm.seed === heldOutSeed ? `${arm.name}.parquet` : `${arm.name}-seed${arm.seed}.parquet`
    writing.push({
      ...arm,
      file,
      rows: await writeRows(join(dir, file)),
      documents: 0,
      tokens: 0,
      repeated: { documents: 0, tokens: 0 },
      ofParts: arm.parts.map(() => ({ documents: 0, tokens: 0 })),
      shards: new Map(),
      strata: new Map(),
      inCorpus: new CopyCounter(),
      inSample: new CopyCounter(),
    })
  }
  const lanes = writing.flatMap((arm) => arm.parts.map(({ lane }) => lane))
  const owners = writing.flatMap((arm) => arm.parts.map((_, part) => ({ arm, part })))
  let groupsOf = new Map<MeasuredRun, Awaited<ReturnType<typeof rowGroupsOf>>>()
  const begin = async (corpus: Corpus, { shard }: Batch): Promise<void> => {
    groupsOf = new Map()
    for (const run of new Set(corpus.arms.map((arm) => arm.run))) groupsOf.set(run, await rowGroupsOf(run, shard))
  }
  try {
    await eachDocument(
      { ...drawing, lanes },
      ({ lane, stratum, key, shard, row, tokens: all, repeats: weight, run, dataRow, i }, batch) => {
        const { arm, part } = owners[lane]!
        const { cuts, copies, again } = arm.parts[part]!
        const id = cellText(batch.ids[i])
        const cluster = clusters?.of(id)
        if (clusters) arm.inCorpus.add(cluster)
        if (!isWithin(key, shard, row, cuts[stratum]!)) return
        const repeats = weight * (copies + (isWithin(key, shard, row, again[stratum] ?? noDocument) ? 1 : 0))
        const tokens = all / weight
        const source = sources.get(run)!
        arm.rows.write({
          source: sourceList.indexOf(run),
          part,
          shard,
          row,
          data_row: dataRow,
          ...groupsOf.get(run)!(dataRow),
          id,
          tokens,
          repeats,
          key,
        })
        const amount = { documents: repeats, tokens: tokens * repeats }
        for (const sum of [arm, arm.ofParts[part]!, shardOf(arm, source, sourceList.indexOf(run), shard)]) addTo(sum, amount)
        addTo(arm.repeated, { documents: repeats - 1, tokens: tokens * (repeats - 1) })
        const { corpus } = lanes[lane]!
        addTo(stratumOf(arm, 'language', corpus.languages.list[batch.language[i]!] ?? '(none)'), amount)
        addTo(stratumOf(arm, 'dump', corpus.dumps.list[batch.dump[i]!] ?? '(none)'), amount)
        const pinned = strata.pin.join(' · ')
        if (pinned !== '' && pinned !== 'language') addTo(stratumOf(arm, pinned, strata.names[stratum]!), amount)
        if (clusters) for (let n = 0; n < repeats; n++) arm.inSample.add(cluster ?? (repeats > 1 ? id : undefined))
      },
      begin,
    )
    for (const { rows } of writing) await rows.close()
  } catch (error) {
    for (const { rows } of writing) rows.discard()
    throw error
  }
  return writing.map((arm) => about(arm, room, drawing.counts))
}

function addTo(sum: { documents: number; tokens: number }, { documents, tokens }: { documents: number; tokens: number }): void {
  sum.documents += documents
  sum.tokens += tokens
}

function shardOf({ shards }: Writing, source: Source, index: number, shard: number): Drawn['shards'][number] {
  const key = `${index} ${shard}`
  let found = shards.get(key)
  if (!found) shards.set(key, (found = { source: index, shard, ...source.fileOf(shard), documents: 0, tokens: 0 }))
  return found
}

function stratumOf({ strata }: Writing, property: string, name: string): { documents: number; tokens: number } {
  let parts = strata.get(property)
  if (!parts) strata.set(property, (parts = new Map()))
  let part = parts.get(name)
  if (!part) parts.set(name, (part = { documents: 0, tokens: 0 }))
  return part
}

/** As FineWeb does, which masks addresses last. */
function editsAfterCounting(plan: Plan): string[] {
  const steps = stepsOf(plan)
  return steps.slice(steps.findIndex(({ use }) => use === 'token_count') + 1).flatMap(({ edits, label }) => (edits ? [label] : []))
}

function about(arm: Writing, { dir, sources, clusters, strata }: Room, counts: TokenCounts): Drawn {
  const { name, seed, file, documents, tokens, repeated, parts, ofParts, shards, isShort } = arm
  return {
    name,
    seed,
    documents,
    tokens,
    file,
    sha256: hashFile(join(dir, file)),
    parts: parts.map(({ lane: { part } }, i) => ({
      source: [...sources.keys()].indexOf(part.arm.run),
      pipeline: part.arm.name,
      pipeline_hash: part.arm.plan.hash,
      steps: stepsOf(part.arm.plan).map(({ use, label, options }) => ({ use, label, options })),
      standing: part.arm.standing,
      share: part.share,
      edited_after_counting: counts.isCounted(part.arm.run) ? editsAfterCounting(part.arm.plan) : [],
      ...ofParts[i]!,
    })),
    cuts: parts.flatMap(({ cuts }, part) => cuts.map((cut, stratum) => ({ part, stratum: strata.names[stratum]!, ...cut }))),
    duplicated: arm.arm.duplicated,
    repeated,
    shards: [...shards.values()],
    strata: Object.fromEntries(
      [...arm.strata].map(([property, names]) => [
        property,
        [...names]
          .map(([stratum, amount]) => ({ name: stratum, ...amount, share: amount.tokens / Math.max(1, tokens) }))
          .sort((a, b) => b.tokens - a.tokens || (a.name < b.name ? -1 : 1)),
      ]),
    ),
    ...(clusters ? { duplicates: { clusters_of: clusters.run, in_corpus: arm.inCorpus.result(), in_sample: arm.inSample.result() } } : {}),
    is_short: isShort,
  }
}
