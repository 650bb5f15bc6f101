import { mkdirSync, rmSync } from 'node:fs'
import { rename } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type DuplicateIds, duplicateIds } from '../compare/duplicate_ids.ts'
import type { MeasuredRun } from '../compare/measurement.ts'
import { UserError } from '../core/errors.ts'
import { fileFormats } from '../core/file_format.ts'
import { codeOf, version } from '../pipeline/code.ts'
import { writeAtomically } from '../pipeline/ledger.ts'
import { type ArmLanes, lanesOf } from './arm_lanes.ts'
import { shownTokens } from './budget.ts'
import { type Clusters, readClusters } from './clusters.ts'
import { Corpus, heldOutSeed, Strata } from './corpus.ts'
import { type Drawing, eachDocument, type Found, findCuts, type Lane, type Reserved } from './cuts.ts'
import { copiesOfHeldOut, type HeldOutCopies, recordsDuplicates } from './held_out.ts'
import { type Drawn, manifestSchema, type SampleManifest } from './manifest.ts'
import type { ArmPart, SampleArm, SampleRequest } from './request.ts'
import { readRows } from './rows.ts'
import { type Source, sourceOf } from './sources.ts'
import { TokenCounts } from './token_counts.ts'
import { nanotronConfig, trainingOf } from './training.ts'
import { trainingOrder } from './training_order.ts'
import { type PartToWrite, type SampleFolder, type ToWrite, writeArms } from './write_arms.ts'

/** Called with the progress of a pass over the shards. */
export type OnPass = (pass: string, done: number, shards: number) => void

const asideOf = (out: string): string => `${resolve(out)}.${process.pid}.part`

/** Remove what this process has half-written. */
export const removeAside = (out: string): void => rmSync(asideOf(out), { recursive: true, force: true })

/** Draw a sample and write it to a folder, which appears whole or not at all. */
export async function drawSample(request: SampleRequest, out: string, onPass: OnPass): Promise<SampleManifest> {
  const aside = asideOf(out)
  removeAside(out)
  mkdirSync(aside, { recursive: true })
  try {
    const manifest = await drawInto(request, aside, onPass)
    rmSync(out, { recursive: true, force: true })
    await rename(aside, out)
    return manifest
  } finally {
    rmSync(aside, { recursive: true, force: true })
  }
}

async function drawInto(request: SampleRequest, dir: string, onPass: OnPass): Promise<SampleManifest> {
  const { arms, seeds, budget, heldOut } = request
  const draft = await prepare(request, dir, onPass)
  const held = heldOut === null ? undefined : await drawHeldOut(draft, heldOut)
  const toDraw = seeds.flatMap((seed, s) =>
    arms.map((arm): ToDraw => ({ name: arm.name, seed, arm, lanes: lanesOf(arm, s, budget, draft) })),
  )
  if (held) draft.folder.heldOutCopies = await copiesOutside(draft, held.drawn, held.reserved)
  const { written } = await drawArms(draft, toDraw, 'arms', held?.reserved)
  // Some arms may have less than the budget.
  const trained = Math.min(budget, ...written.map(({ tokens }) => tokens))
  const ids = await duplicateIds(draft.corpora.map((corpus) => corpus.arms[0]!.run))
  const manifest = manifestOf(draft, ids, held?.drawn ?? null, written, trained)
  writeAtomically(join(dir, trainingConfig), nanotronConfig(trained))
  writeAtomically(join(dir, 'manifest.schema.json'), `${JSON.stringify(manifestSchema(), null, 2)}\n`)
  writeAtomically(join(dir, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  return manifest
}

const trainingConfig = 'nanotron.yaml'

/** What all draws of a sample have in common. */
interface Draft {
  request: SampleRequest
  folder: SampleFolder
  /** One of each measurement. */
  corpora: readonly Corpus[]
  corpusOf: (part: ArmPart) => Corpus
  /** The share of each stratum. */
  shares: readonly number[]
  drawingOf: DrawingOf
}

/** A pass over the shards by its name, and what it may not take. */
type DrawingOf = (pass: string, reserved?: Reserved) => Omit<Drawing, 'lanes'>

interface ToDraw {
  name: string
  seed: number
  arm: SampleArm
  lanes: ArmLanes[]
}

async function prepare(request: SampleRequest, dir: string, onPass: OnPass): Promise<Draft> {
  const { arms, pin, tokenizer } = request
  const measurements = [...new Set(arms.flatMap(({ parts }) => parts.map(({ measurement }) => measurement)))]
  const strata = new Strata(pin)
  const clusters = await clustersOf(request)
  const corpora = measurements.map((measurement) => new Corpus(measurement, request, strata, clusters))
  const corpusOf = ({ measurement }: ArmPart): Corpus => corpora[measurements.indexOf(measurement)]!
  const sources = sourcesOf(request, corpora, dirname(dir))
  const counts = new TokenCounts(tokenizer)
  const shards = measurements.reduce((sum, { runs }) => sum + runs[0]!.plan.inputs.splits, 0)
  const drawingOf: DrawingOf = (pass, reserved) => {
    let done = 0
    return { counts, reserved, onShard: () => onPass(pass, (done++ % shards) + 1, shards) }
  }
  const shares = pin.length === 0 ? [1] : await pinnedShares(arms[0]!, corpusOf, strata, drawingOf('shares'))
  return { request, folder: { dir, sources, clusters, strata }, corpora, corpusOf, shares, drawingOf }
}

/** Runs that texts come from, then runs whose recorded duplicates are needed. */
function sourcesOf({ clusters, heldOut }: SampleRequest, corpora: readonly Corpus[], base: string): Map<MeasuredRun, Source> {
  const ofArms = corpora.flatMap(({ arms }, m) => arms.map(({ run }) => ({ run, m })))
  const ofClusters = corpora.flatMap(({ measurement: { runs } }, m) =>
    runs.flatMap((run) => (run.name === clusters || (heldOut !== null && recordsDuplicates(run)) ? [{ run, m }] : [])),
  )
  return new Map([...ofArms, ...ofClusters].map(({ run, m }) => [run, sourceOf(run, m, base)]))
}

/** Draw arms: find where their lanes end, make up for rounding, and write their rows. */
async function drawArms(draft: Draft, toDraw: readonly ToDraw[], name: string, reserved?: Reserved) {
  const { request, folder, drawingOf } = draft
  const { strata } = folder
  const lanes = toDraw.flatMap((arm) => arm.lanes.flatMap(({ fresh, partial }) => [fresh, partial]))
  const found = await findCuts({ ...drawingOf(`${name}: budgets`, reserved), lanes })
  if (!request.allowShort) {
    const isHeldOut = name === 'held-out'
    refuseShortage(found, toDraw, strata, isHeldOut ? '--held-out' : '--tokens', isHeldOut ? request.heldOut! : request.budget)
  }
  if (strata.names.length > 1) await evenStrata(found, { ...drawingOf(`${name}: the largest stratum`, reserved), lanes })
  await evenParts(found, { ...drawingOf(`${name}: the largest source`, reserved), lanes }, toDraw)
  const cutsOf = (lane: Lane) => found.ends[lanes.indexOf(lane)]!.map(({ cut }) => cut)
  const toWrite = toDraw.map(({ lanes: armLanes, ...arm }): ToWrite => {
    const isShort = found.shortages.some(({ lane }) => armLanes.some(({ fresh }) => fresh === lanes[lane]))
    const parts = armLanes.map(
      ({ fresh, partial, copies }): PartToWrite => ({ lane: fresh, cuts: cutsOf(fresh), copies, partial: cutsOf(partial) }),
    )
    return { ...arm, parts, isShort }
  })
  return { written: await writeArms(toWrite, drawingOf(`${name}: rows`, reserved), folder), cutsOf }
}

/** Draw the slice of the first arm that no arm may take, in an order of its own. */
async function drawHeldOut(draft: Draft, tokens: number): Promise<{ drawn: Drawn; reserved: Reserved }> {
  const { arms, seeds } = draft.request
  const arm = { ...arms[0]!, name: 'held-out', duplicated: 0 }
  const lanes = lanesOf(arm, seeds.length, tokens, draft)
  const { written, cutsOf } = await drawArms(draft, [{ name: arm.name, seed: heldOutSeed, arm, lanes }], 'held-out')
  const [drawn] = written as [Drawn]
  const reserved = {
    corpora: lanes.map(({ fresh }) => fresh.corpus),
    cuts: lanes.map(({ fresh }) => cutsOf(fresh)),
    isCopy: await copiesOf(join(draft.folder.dir, drawn.file), draft.folder.clusters),
  }
  return { drawn, reserved }
}

/** Copies of held-out documents that the arms may still take. */
function copiesOutside({ folder, corpora }: Draft, { file }: Drawn, { isCopy }: Reserved): Promise<HeldOutCopies> {
  const runs = [...folder.sources.keys()]
  return copiesOfHeldOut(corpora, runs.filter(recordsDuplicates), { file: join(folder.dir, file), runs, isExcluded: isCopy })
}

/** Which documents have a near-duplicate in the slice; undefined without `--clusters`. */
async function copiesOf(file: string, clusters: Clusters | undefined): Promise<Reserved['isCopy']> {
  if (!clusters) return undefined
  const held = new Set<string>()
  for await (const rows of readRows(file))
    for (const { id } of rows) {
      const cluster = clusters.of(id)
      if (cluster !== undefined) held.add(cluster)
    }
  return (id) => {
    const cluster = clusters.of(id)
    return cluster !== undefined && held.has(cluster)
  }
}

function manifestOf({ request, folder }: Draft, ids: DuplicateIds, heldOut: Drawn | null, arms: Drawn[], trained: number): SampleManifest {
  return {
    format: fileFormats.sample,
    decant: version(),
    code: codeOf(fileURLToPath(import.meta.url)),
    budget: request.budget,
    tokenizer: request.tokenizer,
    order: 'upper 53 bits of xxHash64(id in UTF-8, seed) / 2^53, ascending; equal ones by shard and row',
    training_order: trainingOrder,
    options: {
      pin: [...request.pin],
      held_out: request.heldOut,
      clusters: folder.clusters?.run ?? null,
      whole_clusters: request.wholeClusters,
      weight: request.weight,
      allow_short: request.allowShort,
    },
    training: trainingOf(trained, trainingConfig),
    sources: [...folder.sources.values()].map(({ about }) => about),
    duplicate_ids: ids,
    held_out: heldOut,
    held_out_copies: aboutCopies(folder.heldOutCopies),
    arms,
  }
}

function aboutCopies(copies: HeldOutCopies | undefined): SampleManifest['held_out_copies'] {
  if (!copies) return null
  const { documents, clustersOf: clusters_of, values } = copies
  return { documents, clusters_of, values }
}

async function clustersOf({ clusters, arms }: SampleRequest): Promise<Clusters | undefined> {
  const runs = arms.flatMap(({ parts }) => parts.flatMap(({ measurement }) => measurement.runs))
  if (clusters !== null) {
    const run = runs.find(({ name }) => name === clusters)
    if (!run)
      throw new UserError(
        `--clusters ${clusters}: no measured pipeline of that name`,
        `measured: ${[...new Set(runs.map(({ name }) => name))].join(', ')}`,
      )
    return await readClusters(run)
  }
  return undefined
}

/** The share of the first arm's tokens that each stratum has. */
async function pinnedShares(
  { parts }: SampleArm,
  corpusOf: (part: ArmPart) => Corpus,
  strata: Strata,
  drawing: Omit<Drawing, 'lanes'>,
): Promise<number[]> {
  const lanes = parts.map((part): Lane => ({ part, corpus: corpusOf(part), seed: 0, budgets: [1], rounding: 'reach' }))
  const tokens = new Map<string, number>()
  await eachDocument({ ...drawing, lanes }, ({ lane, i, tokens: counted }, batch) => {
    const name = strata.nameOf(batch, lanes[lane]!.corpus.languages, i)
    tokens.set(name, (tokens.get(name) ?? 0) + counted)
  })
  strata.settle(tokens)
  const sums = strata.names.map((name) => tokens.get(name) ?? 0)
  const all = [...tokens.values()].reduce((a, b) => a + b, 0)
  sums[sums.length - 1] = all - sums.slice(0, -1).reduce((a, b) => a + b, 0)
  return sums.map((sum) => sum / all)
}

/** Documents do not fill a stratum's budget exactly. The first and largest stratum makes up for the others. */
async function evenStrata(found: Found, drawing: Drawing): Promise<void> {
  const lanes = drawing.lanes.map((lane, i): Lane => {
    const budget = lane.budgets.reduce((a, b) => a + b, 0)
    const others = found.ends[i]!.slice(1).reduce((sum, { tokens }) => sum + tokens, 0)
    return { ...lane, budgets: lane.budgets.map((_, stratum) => (stratum === 0 ? Math.max(0, budget - others) : 0)), rounding: 'reach' }
  })
  const { ends } = await findCuts({ ...drawing, lanes })
  for (const [i, [first]] of ends.entries()) found.ends[i]![0] = first!
}

/** The same for arms with several sources: the largest source makes up for the others. */
async function evenParts(found: Found, drawing: Drawing, toDraw: readonly ToDraw[]): Promise<void> {
  const remaining = new Map<Lane, number>()
  for (const { lanes } of toDraw.filter(({ lanes }) => lanes.length > 1)) {
    const largest = lanes.reduce((a, b) => (b.fresh.part.share > a.fresh.part.share ? b : a)).fresh
    const others = lanes.filter(({ fresh }) => fresh !== largest)
    const taken = others.reduce((sum, { fresh }) => sum + found.ends[drawing.lanes.indexOf(fresh)]![0]!.tokens, 0)
    const all = lanes.reduce((sum, { fresh }) => sum + fresh.budgets[0]!, 0)
    remaining.set(largest, Math.max(0, all - taken))
  }
  if (remaining.size === 0) return
  const lanes = drawing.lanes.map((lane): Lane => ({ ...lane, budgets: [remaining.get(lane) ?? 0], rounding: 'reach' }))
  const { ends } = await findCuts({ ...drawing, lanes })
  for (const [i, lane] of drawing.lanes.entries()) if (remaining.has(lane)) found.ends[i] = ends[i]!
}

function refuseShortage({ shortages }: Found, toDraw: readonly ToDraw[], strata: Strata, option: string, asked: number): void {
  const owners = toDraw.flatMap(({ name, lanes }) => lanes.flatMap(() => [name, name]))
  const short = shortages.filter(({ budget }) => budget > 0)
  const worst = short.sort((a, b) => a.tokens / a.budget - b.tokens / b.budget)[0]
  if (!worst) return
  const stratum = strata.names.length > 1 ? ` of ${strata.pin.join(' · ')} ${strata.names[worst.stratum]}` : ''
  const less = worst.tokens > 0 ? `ask for less (${option} ${shownTokens(Math.floor((worst.tokens / worst.budget) * asked))}), ` : ''
  throw new UserError(
    `${owners[worst.lane]}: there are ${worst.tokens.toLocaleString('en-US')} tokens${stratum}, ${worst.budget.toLocaleString('en-US')} are wanted`,
    `${less}${stratum === '' ? 'measure more' : 'pin what all arms have'}, or take what there is with --allow-short`,
  )
}
