import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Arm, MeasuredRun, Measurement } from '../compare/measurement.ts'
import { rulesIn } from '../compare/rules.ts'
import { UserError } from '../core/errors.ts'
import { checkFormat } from '../core/file_format.ts'
import { issueText } from '../core/issue.ts'
import { changedConfig } from '../pipeline/config.ts'
import { makePlan } from '../pipeline/make_plan.ts'
import { readPlan } from '../pipeline/run_folder.ts'
import type { BundledTokenizerName } from '../tokenizers/token_counter.ts'
import { type Drawn, type SampleManifest, sampleManifest } from './manifest.ts'
import type { ArmPart, Pin, SampleArm, SampleRequest } from './request.ts'

/** The manifest of a sample. Throws a UserError if it is missing or not valid. */
export function readSample(out: string): SampleManifest {
  const path = join(out, 'manifest.json')
  if (!existsSync(path))
    throw new UserError(`${out}: no sample here (no manifest.json)`, 'give the folder that was named with "decant sample -o"')
  let json: unknown
  try {
    json = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw new UserError(`${path}: cannot be read: ${(error as Error).message}`)
  }
  if (json !== null && typeof json === 'object') checkFormat(path, 'sample', json)
  const parsed = sampleManifest.safeParse(json)
  if (parsed.success) return parsed.data
  throw new UserError(`${path}: not the manifest of a sample: ${issueText(parsed.error, json)}`)
}

/** The measured run of one source of a sample. */
export function runOf(out: string, { dir, pipeline }: SampleManifest['sources'][number]): MeasuredRun {
  const folder = resolve(out, dir)
  const plan = readPlan(folder)
  if (!plan)
    throw new UserError(
      `${folder}: the measured run of ${pipeline} is not there`,
      'the sample names its sources relative to its own folder',
    )
  return { name: pipeline, dir: folder, plan }
}

type ManifestPart = Drawn['parts'][number]

/** The request that a sample was drawn with, from its manifest. */
export async function requestOf(out: string, manifest: SampleManifest): Promise<SampleRequest> {
  const runs = manifest.sources.map((source) => runOf(out, source))
  const measurements = measurementsOf(manifest, runs)
  const arms = new Map<string, Arm>()
  const armOf = async (part: ManifestPart): Promise<Arm> => {
    const key = `${part.source} ${part.pipeline_hash}`
    const arm = arms.get(key) ?? (await rebuiltArm(part, runs[part.source]!))
    arms.set(key, arm)
    return arm
  }
  const seeds = [...new Set(manifest.arms.map(({ seed }) => seed))]
  const sampleArms: SampleArm[] = []
  for (const { name, parts, duplicated } of manifest.arms.filter(({ seed }) => seed === seeds[0])) {
    const armParts: ArmPart[] = []
    for (const part of parts) armParts.push({ arm: await armOf(part), measurement: measurements[part.source]!, share: part.share })
    sampleArms.push({ name, parts: armParts, duplicated })
  }
  const { pin, held_out, weight, clusters, whole_clusters, allow_short } = manifest.options
  return {
    arms: sampleArms,
    seeds,
    budget: manifest.budget,
    tokenizer: manifest.tokenizer as BundledTokenizerName,
    pin: pin as Pin[],
    heldOut: held_out,
    weight,
    clusters,
    wholeClusters: whole_clusters,
    allowShort: allow_short,
  }
}

/** The measurement of each source; sources with the same number were measured together. */
function measurementsOf({ sources }: SampleManifest, runs: readonly MeasuredRun[]): Measurement[] {
  const measurements = new Map<number, Measurement>()
  return sources.map(({ measurement, dir }, i) => {
    const known = measurements.get(measurement) ?? { dir, runs: [] }
    measurements.set(measurement, known)
    known.runs.push(runs[i]!)
    return known
  })
}

/** The arm that a part was drawn from. Throws a UserError when its steps and files do not have the hash of the manifest. */
async function rebuiltArm({ pipeline, pipeline_hash, steps, standing }: ManifestPart, run: MeasuredRun): Promise<Arm> {
  const config = changedConfig({ name: pipeline, description: '', pipeline: run.plan.pipeline }, steps, [])
  const plan = await makePlan(config, [], run.plan.options)
  if (plan.hash !== pipeline_hash)
    throw new UserError(
      `${pipeline}: its steps, or the files they name, are not what the sample was drawn with`,
      `hash ${plan.hash.slice(0, 12)} instead of ${pipeline_hash.slice(0, 12)}`,
    )
  return { name: pipeline, plan, run, rules: rulesIn(run.plan, plan), standing }
}
