import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Arm, MeasuredRun, Measurement } from '../compare/measurement.ts'
import { rulesIn } from '../compare/rules.ts'
import { UserError } from '../core/errors.ts'
import { changedConfig } from '../pipeline/config.ts'
import { makePlan } from '../pipeline/plan.ts'
import { readPlan } from '../pipeline/run_folder.ts'
import type { BundledTokenizerName } from '../tokenizers/token_counter.ts'
import { type SampleManifest, sampleManifest } from './manifest.ts'
import type { Pin, SampleArm, SampleRequest } from './request.ts'

/** The manifest of a sample. Throws a UserError when there is none, or when it is none. */
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
  const parsed = sampleManifest.safeParse(json)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new UserError(`${path}: not the manifest of a sample: ${issue!.path.join('.')}: ${issue!.message}`)
}

/** The measured run that a source of a sample is. */
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

/** What a sample was drawn by, from its manifest. */
export async function requestOf(out: string, manifest: SampleManifest): Promise<SampleRequest> {
  const runs = manifest.sources.map((source) => runOf(out, source))
  const measurements = new Map<number, Measurement>()
  manifest.sources.forEach(({ measurement, dir }, i) => {
    const known = measurements.get(measurement)
    if (known) known.runs.push(runs[i]!)
    else measurements.set(measurement, { dir, runs: [runs[i]!] })
  })
  const arms = new Map<string, Arm>()
  const armOf = async ({
    source,
    pipeline,
    pipeline_hash,
    steps,
    standing,
  }: SampleManifest['arms'][number]['parts'][number]): Promise<Arm> => {
    const key = `${source} ${pipeline_hash}`
    let arm = arms.get(key)
    if (!arm) {
      const run = runs[source]!
      const plan = await makePlan(
        changedConfig({ name: pipeline, description: '', pipeline: run.plan.pipeline }, steps, []),
        [],
        run.plan.options,
      )
      if (plan.hash !== pipeline_hash)
        throw new UserError(
          `${pipeline}: its steps, or the files they name, are not what the sample was drawn with`,
          `hash ${plan.hash.slice(0, 12)} instead of ${pipeline_hash.slice(0, 12)}`,
        )
      arm = { name: pipeline, plan, run, rules: rulesIn(run.plan, plan), standing }
      arms.set(key, arm)
    }
    return arm
  }
  const seeds = [...new Set(manifest.arms.map(({ seed }) => seed))]
  const drawn: SampleArm[] = []
  for (const { name, parts, duplicated } of manifest.arms.filter(({ seed }) => seed === seeds[0])) {
    const own = []
    for (const part of parts)
      own.push({ arm: await armOf(part), measurement: measurements.get(manifest.sources[part.source]!.measurement)!, share: part.share })
    drawn.push({ name, parts: own, duplicated })
  }
  const { pin, held_out, weight, clusters, whole_clusters, allow_short } = manifest.options
  return {
    arms: drawn,
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
