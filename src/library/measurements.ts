import { measure as measureCommand } from '../commands/measure.ts'
import { sample as drawSamples, type SampleFlags } from '../commands/sample.ts'
import { type Comparison, compareArms } from '../compare/comparison.ts'
import { armOf, type Measurement, openMeasurement } from '../compare/measurement.ts'
import type { SampleManifest } from '../sample/manifest.ts'
import { readSample } from '../sample/open_sample.ts'
import type { RunRequest } from './runs.ts'

export type { Comparison, Measurement, SampleManifest }

/** Measure all that any of the pipelines measures, in one reading of the inputs. Throws where a run of `decant measure` would fail. */
export async function measure(
  options: Omit<RunRequest, 'pipeline' | 'set' | 'parameters' | 'measure' | 'keepRemoved'> & {
    pipelines: readonly string[]
    output: string
    workers?: number
  },
): Promise<Measurement> {
  const { pipelines, input, ...rest } = options
  const code = await measureCommand(pipelines, { ...rest, input: typeof input === 'string' ? [input] : [...input], quiet: true })
  if (code !== 0) throw new Error(`measuring ${options.output} ended with exit code ${code}`)
  return openMeasurement(options.output)
}

/** A pipeline of a measurement, by name or file, with changes of its options. */
export interface ArmRequest {
  pipeline: string
  set?: readonly string[]
}

/** What two pipelines keep of a measurement, and what each rule does. */
export async function compare(
  dir: string,
  a: ArmRequest,
  b: ArmRequest,
  { samples = 0, by = [], seed = 1 }: { samples?: number; by?: readonly string[]; seed?: number } = {},
): Promise<Comparison> {
  const measurement = openMeasurement(dir)
  const [first, second] = [await chosen(measurement, a), await chosen(measurement, b)]
  return await compareArms(measurement, first, second, { samples, nearest: 0, seed, by: [...by], texts: samples > 0, values: 0 })
}

const chosen = (measurement: Measurement, { pipeline, set = [] }: ArmRequest) => armOf(measurement, pipeline, { set: [...set] })

/** Draw samples of equal size of several measured pipelines into a new folder: `tokens` ("28B") for each arm and seed. */
export async function sample(
  dir: string,
  options: Partial<Omit<SampleFlags, 'json' | 'quiet'>> & { arms: readonly string[]; tokens: string; output: string },
): Promise<SampleManifest> {
  const { arms, output, ...rest } = options
  await drawSamples(dir, { seeds: [1], tokenizer: 'gpt2', pin: [], ...rest, arms: [...arms], output, quiet: true })
  return readSample(output)
}
