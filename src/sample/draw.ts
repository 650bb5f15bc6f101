import { mkdirSync, rmSync } from 'node:fs'
import { rename } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { UserError } from '../core/errors.ts'
import { codeHash, version } from '../pipeline/code.ts'
import { writeAtomically } from '../pipeline/ledger.ts'
import { shownTokens } from './budget.ts'
import { type Clusters, readClusters } from './clusters.ts'
import { Corpus, heldOutSeed, Strata } from './corpus.ts'
import { type Drawing, eachDocument, type Found, findCuts, type Lane, type Reserved } from './cuts.ts'
import { manifestSchema, type SampleManifest } from './manifest.ts'
import type { ArmPart, SampleArm, SampleRequest } from './request.ts'
import { type Source, sourceOf } from './sources.ts'
import { TokenCounts } from './token_counts.ts'
import { nanotronConfig, trainingOf } from './training.ts'
import { type PartToWrite, type ToWrite, writeArms } from './write_arms.ts'

/** Told how far a pass over the shards is. */
export type OnPass = (pass: string, done: number, shards: number) => void

const asideOf = (out: string): string => `${resolve(out)}.${process.pid}.part`

/** Take away what this process has half-written. */
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
  const { arms, seeds, budget, pin, heldOut, tokenizer } = request
  const measurements = [...new Set(arms.flatMap(({ parts }) => parts.map(({ measurement }) => measurement)))]
  const strata = new Strata(pin)
  const clusters = await clustersOf(request)
  const corpora = measurements.map((measurement) => new Corpus(measurement, request, strata, clusters))
  const corpusOf = ({ measurement }: ArmPart): Corpus => corpora[measurements.indexOf(measurement)]!
  const sources = new Map(
    corpora.flatMap(({ arms }, m) => arms.map(({ run }): [typeof run, Source] => [run, sourceOf(run, m, dirname(dir))])),
  )
  const counts = new TokenCounts(tokenizer)
  const shards = measurements.reduce((sum, { runs }) => sum + runs[0]!.plan.inputs.length, 0)
  const during = (pass: string, reserved?: Reserved): Omit<Drawing, 'lanes'> => {
    let done = 0
    return { counts, reserved, onShard: () => onPass(pass, (done++ % shards) + 1, shards) }
  }
  const room = { dir, sources, clusters, strata }

  const shares = pin.length === 0 ? [1] : await pinnedShares(arms[0]!, corpusOf, strata, during('shares'))
  const lanesOf = ({ parts, duplicated }: SampleArm, seed: number, tokens: number): ArmLanes[] =>
    parts.map((part) => {
      const own = tokens * part.share
      const fresh = own * (1 - duplicated)
      const copies = Math.floor(own / fresh + 1e-9)
      const lane = (amount: number): Lane => ({
        part,
        corpus: corpusOf(part),
        seed,
        budgets: shares.map((share) => Math.round(amount * share)),
        rounding: shares.length > 1 || parts.length > 1 ? 'nearest' : 'reach',
      })
      return { fresh: lane(fresh), again: lane(duplicated > 0 ? own - fresh * copies : 0), copies }
    })

  const draw = async (drawn: ToDraw[], name: string, reserved?: Reserved) => {
    const lanes = drawn.flatMap(({ lanes }) => lanes.flatMap(({ fresh, again }) => [fresh, again]))
    const found = await findCuts({ ...during(`${name}: budgets`, reserved), lanes })
    if (!request.allowShort)
      refuseShortage(found, drawn, strata, name === 'held-out' ? '--held-out' : '--tokens', name === 'held-out' ? heldOut! : budget)
    if (strata.names.length > 1) await evenOut(found, { ...during(`${name}: the largest stratum`, reserved), lanes })
    await evenParts(found, { ...during(`${name}: the largest source`, reserved), lanes }, drawn)
    const cutsOf = (lane: Lane) => found.ends[lanes.indexOf(lane)]!.map(({ cut }) => cut)
    const toWrite = drawn.map(({ lanes: own, ...each }): ToWrite => {
      const isShort = found.shortages.some(({ lane }) => own.some(({ fresh }) => fresh === lanes[lane]))
      const parts = own.map(({ fresh, again, copies }): PartToWrite => ({ lane: fresh, cuts: cutsOf(fresh), copies, again: cutsOf(again) }))
      return { ...each, parts, isShort }
    })
    return { written: await writeArms(toWrite, during(`${name}: rows`, reserved), room), cutsOf }
  }

  let reserved: Reserved | undefined
  let held: SampleManifest['held_out'] = null
  if (heldOut !== null) {
    const arm = { ...arms[0]!, name: 'held-out', duplicated: 0 }
    const lanes = lanesOf(arm, seeds.length, heldOut)
    const { written, cutsOf } = await draw([{ name: arm.name, seed: heldOutSeed, arm, lanes }], 'held-out')
    held = written[0]!
    reserved = { corpora: lanes.map(({ fresh }) => fresh.corpus), cuts: lanes.map(({ fresh }) => cutsOf(fresh)) }
  }
  const drawn = seeds.flatMap((seed, s) => arms.map((arm): ToDraw => ({ name: arm.name, seed, arm, lanes: lanesOf(arm, s, budget) })))
  const { written } = await draw(drawn, 'arms', reserved)
  const config = 'nanotron.yaml'
  // What every arm has, where some have less than the budget.
  const trained = Math.min(budget, ...written.map(({ tokens }) => tokens))
  const manifest: SampleManifest = {
    format: 'decant-sample/1',
    decant: version(),
    code: codeHash(),
    budget,
    tokenizer,
    order: 'upper 53 bits of xxHash64(id in UTF-8, seed) / 2^53, ascending; equal ones by shard and row',
    options: {
      pin: [...pin],
      held_out: heldOut,
      clusters: clusters?.run ?? null,
      whole_clusters: request.wholeClusters,
      weight: request.weight,
      allow_short: request.allowShort,
    },
    training: trainingOf(trained, config),
    sources: [...sources.values()].map(({ about }) => about),
    held_out: held,
    arms: written,
  }
  writeAtomically(join(dir, config), nanotronConfig(trained))
  writeAtomically(join(dir, 'manifest.schema.json'), `${JSON.stringify(manifestSchema(), null, 2)}\n`)
  writeAtomically(join(dir, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  return manifest
}

/** A part of an arm: what it takes once, where its last partial copy ends, and how many whole copies there are. */
interface ArmLanes {
  fresh: Lane
  again: Lane
  copies: number
}

interface ToDraw {
  name: string
  seed: number
  arm: SampleArm
  lanes: ArmLanes[]
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
  await eachDocument({ ...drawing, lanes }, ({ lane, i, tokens: own }, batch) => {
    const name = strata.nameOf(batch, lanes[lane]!.corpus.languages, i)
    tokens.set(name, (tokens.get(name) ?? 0) + own)
  })
  strata.settle(tokens)
  const sums = strata.names.map((name) => tokens.get(name) ?? 0)
  const all = [...tokens.values()].reduce((a, b) => a + b, 0)
  sums[sums.length - 1] = all - sums.slice(0, -1).reduce((a, b) => a + b, 0)
  return sums.map((sum) => sum / all)
}

/** What rounding in all other strata has left over or taken too much, the first and largest one makes up for. */
async function evenOut(found: Found, drawing: Drawing): Promise<void> {
  const lanes = drawing.lanes.map((lane, i): Lane => {
    const wanted = lane.budgets.reduce((a, b) => a + b, 0)
    const others = found.ends[i]!.slice(1).reduce((sum, { tokens }) => sum + tokens, 0)
    return { ...lane, budgets: lane.budgets.map((_, stratum) => (stratum === 0 ? Math.max(0, wanted - others) : 0)), rounding: 'reach' }
  })
  const { ends } = await findCuts({ ...drawing, lanes })
  for (const [i, [first]] of ends.entries()) found.ends[i]![0] = first!
}

/** Of arms with several sources, the largest makes up for what rounding in the others has left over or taken too much. */
async function evenParts(found: Found, drawing: Drawing, drawn: readonly ToDraw[]): Promise<void> {
  const wanted = new Map<Lane, number>()
  for (const { lanes } of drawn.filter(({ lanes }) => lanes.length > 1)) {
    const largest = lanes.reduce((a, b) => (b.fresh.part.share > a.fresh.part.share ? b : a)).fresh
    const others = lanes.filter(({ fresh }) => fresh !== largest)
    const taken = others.reduce((sum, { fresh }) => sum + found.ends[drawing.lanes.indexOf(fresh)]![0]!.tokens, 0)
    const all = lanes.reduce((sum, { fresh }) => sum + fresh.budgets[0]!, 0)
    wanted.set(largest, Math.max(0, all - taken))
  }
  if (wanted.size === 0) return
  const lanes = drawing.lanes.map((lane): Lane => ({ ...lane, budgets: [wanted.get(lane) ?? 0], rounding: 'reach' }))
  const { ends } = await findCuts({ ...drawing, lanes })
  for (const [i, lane] of drawing.lanes.entries()) if (wanted.has(lane)) found.ends[i] = ends[i]!
}

function refuseShortage({ shortages }: Found, drawn: readonly ToDraw[], strata: Strata, option: string, asked: number): void {
  const owners = drawn.flatMap(({ name, lanes }) => lanes.flatMap(() => [name, name]))
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
