import { join } from 'node:path'
import type { MeasuredRun } from '../compare/measurement.ts'
import { cellText } from '../formats/cell_text.ts'
import { hashFile } from '../pipeline/hash_file.ts'
import { type Plan, stepsOf } from '../pipeline/plan.ts'
import { type Clusters, CopyCounter } from './clusters.ts'
import { type Batch, type Corpus, heldOutSeed, type Strata } from './corpus.ts'
import { type Candidate, type Drawing, eachDocument, type Lane } from './cuts.ts'
import type { HeldOutCopies } from './held_out.ts'
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
  partial: OrderCut[]
}

interface Counted {
  documents: number
  tokens: number
}

const nothing = (): Counted => ({ documents: 0, tokens: 0 })

interface Writing extends ToWrite, Counted {
  file: string
  rows: Awaited<ReturnType<typeof writeRows>>
  repeated: Counted
  /** Tokens of distinct documents, and of those that each other seed of the arm takes too. */
  distinct: number
  shared: number[]
  ofParts: Counted[]
  heldOutCopies: number
  shards: Map<string, Drawn['shards'][number]>
  strata: Map<string, Map<string, Counted>>
  inCorpus: CopyCounter
  inSample: CopyCounter
}

/** The folder of a sample, and what is known beside the documents. */
export interface SampleFolder {
  dir: string
  sources: ReadonlyMap<MeasuredRun, Source>
  clusters: Clusters | undefined
  strata: Strata
  /** Known once the held-out slice is drawn. */
  heldOutCopies?: HeldOutCopies
}

/** One pass over the documents: write the chosen ones of all arms, and count them. */
export async function writeArms(arms: readonly ToWrite[], drawing: Omit<Drawing, 'lanes'>, folder: SampleFolder): Promise<Drawn[]> {
  const writing: Writing[] = []
  for (const arm of arms) writing.push(await beginWriting(arm, folder.dir))
  const lanes = writing.flatMap((arm) => arm.parts.map(({ lane }) => lane))
  const runs = [...folder.sources.keys()]
  const owners = writing.flatMap((arm) =>
    arm.parts.map(({ lane }, part): Owner => {
      const others = writing.filter((other) => other !== arm && other.name === arm.name).map(({ parts }) => parts[part]!)
      return { arm, part, source: runs.indexOf(lane.part.arm.run), others }
    }),
  )
  let groupsOf = new Map<MeasuredRun, RowGroupOf>()
  const begin = async (corpus: Corpus, { shard }: Batch): Promise<void> => {
    groupsOf = new Map()
    for (const run of new Set(corpus.arms.map((arm) => arm.run))) groupsOf.set(run, await rowGroupsOf(run, shard))
  }
  try {
    await eachDocument(
      { ...drawing, lanes },
      (candidate, batch) => writeCandidate(candidate, batch, owners[candidate.lane]!, groupsOf.get(candidate.run)!, folder),
      begin,
    )
    for (const { rows } of writing) await rows.close()
  } catch (error) {
    for (const { rows } of writing) rows.discard()
    throw error
  }
  return writing.map((arm) => about(arm, folder, drawing.counts))
}

/** Whose lane it is: the arm, the number of the part, the number of its source, and the same part of the arm's other seeds. */
interface Owner {
  arm: Writing
  part: number
  source: number
  others: PartToWrite[]
}

type RowGroupOf = Awaited<ReturnType<typeof rowGroupsOf>>

async function beginWriting(arm: ToWrite, dir: string): Promise<Writing> {
  const file = arm.seed === heldOutSeed ? `${arm.name}.parquet` : `${arm.name}-seed${arm.seed}.parquet`
  return {
    ...arm,
    ...nothing(),
    file,
    rows: await writeRows(join(dir, file)),
    repeated: nothing(),
    distinct: 0,
    shared: [],
    ofParts: arm.parts.map(nothing),
    heldOutCopies: 0,
    shards: new Map(),
    strata: new Map(),
    inCorpus: new CopyCounter(),
    inSample: new CopyCounter(),
  }
}

/** Write a document as often as the arm takes it, if it does, and count it. */
function writeCandidate(
  candidate: Candidate,
  batch: Batch,
  { arm, part, source, others }: Owner,
  groupOf: RowGroupOf,
  { sources, clusters, strata, heldOutCopies }: SampleFolder,
): void {
  const { stratum, key, shard, row, run, dataRow } = candidate
  const { lane, cuts, copies, partial } = arm.parts[part]!
  const id = cellText(batch.ids[candidate.i])
  const cluster = clusters?.of(id)
  if (clusters) arm.inCorpus.add(cluster)
  if (!isWithin(key, shard, row, cuts[stratum]!)) return
  const repeats = candidate.repeats * (copies + (isWithin(key, shard, row, partial[stratum] ?? noDocument) ? 1 : 0))
  const tokens = candidate.tokens / candidate.repeats
  arm.rows.write({ source, part, shard, row, data_row: dataRow, ...groupOf(dataRow), id, tokens, repeats, key })
  const amount = { documents: repeats, tokens: tokens * repeats }
  for (const sum of [arm, arm.ofParts[part]!, shardOf(arm, sources.get(run)!, source, shard)]) addTo(sum, amount)
  arm.distinct += tokens
  if (heldOutCopies?.isCopy(lane.corpus, shard, row)) arm.heldOutCopies += repeats
  for (const [n, { lane: other, cuts: ends }] of others.entries())
    if (isWithin(batch.keys[other.seed]![candidate.i]!, shard, row, ends[stratum]!)) arm.shared[n] = (arm.shared[n] ?? 0) + tokens
  addTo(arm.repeated, { documents: repeats - 1, tokens: tokens * (repeats - 1) })
  const { languages, dumps } = lane.corpus
  addTo(stratumOf(arm, 'language', languages.list[batch.language[candidate.i]!] ?? '(none)'), amount)
  addTo(stratumOf(arm, 'dump', dumps.list[batch.dump[candidate.i]!] ?? '(none)'), amount)
  const pinned = strata.pin.join(' · ')
  if (pinned !== '' && pinned !== 'language') addTo(stratumOf(arm, pinned, strata.names[stratum]!), amount)
  if (clusters) for (let n = 0; n < repeats; n++) arm.inSample.add(cluster ?? (repeats > 1 ? id : undefined))
}

function addTo(sum: Counted, { documents, tokens }: Counted): void {
  sum.documents += documents
  sum.tokens += tokens
}

function shardOf({ shards }: Writing, source: Source, index: number, shard: number): Drawn['shards'][number] {
  const key = `${index} ${shard}`
  let found = shards.get(key)
  if (!found) shards.set(key, (found = { source: index, shard, ...source.fileOf(shard), ...nothing() }))
  return found
}

function stratumOf({ strata }: Writing, property: string, name: string): Counted {
  let parts = strata.get(property)
  if (!parts) strata.set(property, (parts = new Map()))
  let part = parts.get(name)
  if (!part) parts.set(name, (part = nothing()))
  return part
}

/** As FineWeb does, which masks addresses last. */
function editsAfterCounting(plan: Plan): string[] {
  const steps = stepsOf(plan)
  return steps.slice(steps.findIndex(({ counts }) => counts === 'tokens') + 1).flatMap(({ edits, label }) => (edits ? [label] : []))
}

function about(arm: Writing, { dir, sources, clusters, strata }: SampleFolder, counts: TokenCounts): Drawn {
  const { name, seed, file, documents, tokens, repeated, distinct, shared, parts, ofParts, shards, isShort } = arm
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
      steps: stepsOf(part.arm.plan).map(({ step: stepName, label, options }) => ({ step: stepName, label, options })),
      standing: part.arm.standing,
      share: part.share,
      edited_after_counting: counts.isCounted(part.arm.run) ? editsAfterCounting(part.arm.plan) : [],
      ...ofParts[i]!,
    })),
    cuts: parts.flatMap(({ cuts }, part) => cuts.map((cut, stratum) => ({ part, stratum: strata.names[stratum]!, ...cut }))),
    duplicated: arm.arm.duplicated,
    repeated,
    overlap: Math.max(0, ...shared) / Math.max(1, distinct),
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
    held_out_copies: arm.heldOutCopies,
    is_short: isShort,
  }
}
