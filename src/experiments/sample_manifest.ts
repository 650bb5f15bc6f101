import { z } from 'zod'
import { UserError } from '../core/errors.ts'
import { checkFormat, fileFormats } from '../core/file_format.ts'
import { issueText } from '../core/issue.ts'
import type { SampledArm } from './placing.ts'

/** What results need to know of a sample; its manifest says much more. Models that were trained on samples of older versions can still be compared. */
const schema = z.looseObject({
  format: z.union([z.literal(fileFormats.sample), z.string().startsWith('decant-sample/1')]),
  budget: z.number().nullish(),
  training: z.looseObject({ tokens_per_step: z.number().nullish() }).nullish(),
  arms: z.array(z.looseObject({ name: z.string(), seed: z.number(), tokens: z.number().nullish(), overlap: z.number().optional() })).min(1),
})

export interface TrainedSample {
  budget: number | null
  /** Of the training configuration that lies beside it. */
  tokensPerStep: number | null
  arms: SampledArm[]
}

/** Above this share of tokens, seeds are too alike to show how much scores vary. */
const mostOverlap = 0.25

/** Arms whose seeds share more tokens than that, and how many at most. */
export function overlapping(arms: readonly { name: string; overlap?: number | undefined }[]): { arm: string; share: number }[] {
  return [...new Set(arms.map(({ name }) => name))].flatMap((arm) => {
    const share = Math.max(...arms.filter(({ name }) => name === arm).map(({ overlap = 0 }) => overlap))
    return share > mostOverlap ? [{ arm, share }] : []
  })
}

/** Read the `manifest.json` that `decant sample` wrote. */
export function parseSample(path: string, text: string): TrainedSample {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw new UserError(`${path}: not JSON: ${(error as Error).message}`)
  }
  if (isOfNewerDecant(json)) checkFormat(path, 'sample', json)
  const { success, data, error } = schema.safeParse(json)
  if (!success) {
    throw new UserError(
      `${path}: not the manifest of a sample: ${issueText(error, json)}`,
      'give the folder that was named with "decant sample -o"',
    )
  }
  return {
    budget: data.budget ?? null,
    tokensPerStep: data.training?.tokens_per_step ?? null,
    arms: data.arms.map(({ name, seed, tokens, overlap }) => ({ name, seed, tokens: tokens ?? null, overlap })),
  }
}

const isOfNewerDecant = (json: unknown): json is { format: number } =>
  json !== null && typeof json === 'object' && 'format' in json && typeof json.format === 'number' && json.format > fileFormats.sample
