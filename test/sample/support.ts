import { cpSync } from 'node:fs'
import { join } from 'node:path'
import xxhash from 'xxhash-wasm'
import { measure } from '../../src/commands/measure.ts'
import { armOf, openMeasurement } from '../../src/compare/measurement.ts'
import type { Clusters } from '../../src/sample/clusters.ts'
import { Corpus, Strata } from '../../src/sample/corpus.ts'
import { drawSample } from '../../src/sample/draw.ts'
import type { SampleManifest } from '../../src/sample/manifest.ts'
import type { ArmPart, SampleArm, SampleRequest } from '../../src/sample/request.ts'
import { type ChosenRow, readRows } from '../../src/sample/rows.ts'
import { verifySample } from '../../src/sample/verify_sample.ts'
import { crawl, fileWith, jsonShards } from '../support.ts'

/** Measure pipelines in this thread. */
export async function measureHere(pipelines: string[], input: string[], output: string): Promise<void> {
  const code = await measure(pipelines, { input, output, workers: 0, quiet: true })
  if (code !== 0) throw new Error(`measure: exit code ${code}`)
}

export const defaults: Omit<SampleRequest, 'arms' | 'budget'> = {
  seeds: [1],
  tokenizer: 'gpt2',
  pin: [],
  heldOut: null,
  weight: null,
  clusters: null,
  wholeClusters: false,
  allowShort: false,
}

/** Arms of a measured folder, each of one pipeline. */
export async function armsOf(dir: string, ...pipelines: string[]): Promise<SampleArm[]> {
  const measurement = openMeasurement(dir)
  const arms: SampleArm[] = []
  for (const pipeline of pipelines) {
    const arm = await armOf(measurement, pipeline)
    arms.push({ name: arm.name, parts: [{ measurement, arm, share: 1 }], duplicated: 0 })
  }
  return arms
}

export const draw = (out: string, request: Pick<SampleRequest, 'arms' | 'budget'> & Partial<SampleRequest>): Promise<SampleManifest> =>
  drawSample({ ...defaults, ...request }, out, () => {})

/** The rows of each arm and seed, by file name without its end. */
export async function rowsOf(out: string, { arms, held_out }: SampleManifest): Promise<Record<string, ChosenRow[]>> {
  const all: Record<string, ChosenRow[]> = {}
  for (const { file } of [...arms, ...(held_out ? [held_out] : [])]) {
    const rows: ChosenRow[] = []
    for await (const batch of readRows(join(out, file))) rows.push(...batch)
    all[file.replace('.parquet', '')] = rows
  }
  return all
}

const { h64 } = await xxhash()
/** The order as the manifest describes it. */
export const keyByHand = (id: string, seed: number): number => Number(h64(id, BigInt(seed)) >> 11n) / 2 ** 53

export interface CrawlSample {
  /** Two measured pipelines, `all` and `masked`. */
  measured: string
  /** The first of them on other pages. */
  other: string
  out: string
  manifest: SampleManifest
}

/** A sample of the crawl in a folder: arms of two pipelines, and a control. */
export async function sampleCrawl(dir: string): Promise<CrawlSample> {
  const [measured, other, out] = ['measured', 'other', 'sample'].map((name) => join(dir, name)) as [string, string, string]
  const steps = 'steps:\n  - read\n  - extract_html\n  - detect_language\n'
  const all = fileWith(dir, 'all.yaml', `name: all\n${steps}  - token_count\n  - write\n`)
  const edits = '  - word_count: {min: 60}\n  - token_count\n  - mask_emails\n  - write\n'
  const masked = fileWith(dir, 'masked.yaml', `name: masked\n${steps}${edits}`)
  await measureHere([all, masked], [`${crawl}*-0000[0-2].warc.gz`], measured)
  await measureHere([all], [`${crawl}*-0000[34].warc.gz`], other)
  const arms = await armsOf(measured, 'all', 'masked')
  const manifest = await draw(out, { arms: [...arms, { ...arms[0]!, name: 'control', duplicated: 0.5 }], budget: 12_000 })
  return { measured, other, out, manifest }
}

/** A copy of a sample beside it, so that its sources are found. */
export function copyOf(out: string, name: string): string {
  const copy = join(out, '..', name)
  cpSync(out, copy, { recursive: true })
  return copy
}

/** What each check of a sample says. */
export async function checksOf(sample: string): Promise<Record<string, boolean>> {
  const checks: Record<string, boolean> = {}
  for await (const { name, ok } of verifySample(sample, true, () => {})) checks[name] = ok
  return checks
}

/** A measured folder of JSON documents in shards, by a pipeline `p` of these steps. */
export async function measureDocuments(dir: string, shards: readonly (readonly object[])[], ...steps: string[]): Promise<string> {
  const lines = ['read', ...steps, 'write'].map((step) => `  - ${step}\n`).join('')
  const inputs = jsonShards(dir, shards)
  const out = `${inputs[0]!}.measured`
  await measureHere([fileWith(dir, 'p.yaml', `name: p\nsteps:\n${lines}`)], inputs, out)
  return out
}

/** What is drawn from the only pipeline of a measured folder. */
export async function corpusOf(measured: string, request: Partial<SampleRequest> = {}, clusters?: Clusters) {
  const arms = await armsOf(measured, 'p')
  const [part] = arms[0]!.parts as [ArmPart]
  const strata = new Strata(request.pin ?? [])
  return { part, strata, corpus: new Corpus(part.measurement, { ...defaults, arms, budget: 1, ...request }, strata, clusters) }
}
