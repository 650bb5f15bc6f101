import { join } from 'node:path'
import xxhash from 'xxhash-wasm'
import { measure } from '../../src/commands/measure.ts'
import { armOf, openMeasurement } from '../../src/compare/measurement.ts'
import { drawSample } from '../../src/sample/draw.ts'
import type { SampleManifest } from '../../src/sample/manifest.ts'
import type { SampleArm, SampleRequest } from '../../src/sample/request.ts'
import { type ChosenRow, readRows } from '../../src/sample/rows.ts'

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
