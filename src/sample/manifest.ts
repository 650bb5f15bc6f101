import { z } from 'zod'
import { fileFormats } from '../core/file_format.ts'

/** What `decant sample` leaves in OUT/manifest.json. `decant sample verify` draws it again from the sources. */

const amount = z.object({ documents: z.int(), tokens: z.int() })

const shard = amount.extend({
  source: z.int().describe('index in `sources`'),
  shard: z.int().describe('number of the shard in the measured run'),
  path: z.string().describe("the shard's texts, relative to the run's folder"),
  sha256: z.string().describe('of that file'),
})

const source = z.object({
  measurement: z.int().describe('sources of one number were measured together'),
  dir: z.string().describe("folder of the measured run, as it was named, relative to the sample's folder where that is possible"),
  manifest_sha256: z.string().describe("of the run's manifest.json: its inputs, pipeline, code and outputs by their hashes"),
  pipeline: z.string(),
  pipeline_hash: z.string(),
  decant: z.string(),
  code: z.string(),
})

const cut = z.object({ key: z.number(), shard: z.int(), row: z.int() })

const part = z.object({
  source: z.int().describe('index in `sources`'),
  pipeline: z.string().describe('pipeline whose rules decide, by name'),
  pipeline_hash: z.string().describe('of its steps, options and files'),
  steps: z.array(z.object({ step: z.string(), label: z.string(), options: z.record(z.string(), z.unknown()) })),
  standing: z.array(z.string()).describe('barriers whose decisions are those of the run as it was measured'),
  share: z.number().describe('of the budget'),
  edited_after_counting: z.array(z.string()).describe('steps that may change the text after its tokens were counted'),
})

const stratum = amount.extend({ name: z.string(), share: z.number().describe('of the tokens') })

const drawn = amount.extend({
  name: z.string(),
  seed: z.int(),
  file: z.string().describe('Parquet file with one row for each document'),
  sha256: z.string().describe('of that file'),
  parts: z.array(part.extend({ tokens: z.int(), documents: z.int() })),
  cuts: z.array(cut.extend({ part: z.int(), stratum: z.string() })).describe('the last document taken of each part and stratum'),
  duplicated: z.number().describe('share of the budget that is text which the rest of it holds already'),
  repeated: z
    .object({ documents: z.int(), tokens: z.int() })
    .describe('of the documents and tokens, those that stand again: weights above one, and injected duplicates'),
  overlap: z.number().describe('share of the distinct tokens that one other seed of the arm holds too, the largest such share'),
  shards: z.array(shard),
  strata: z.record(z.string(), z.array(stratum)).describe('by property'),
  duplicates: z
    .object({
      clusters_of: z.string().describe('run whose clusters of near-duplicates are counted'),
      in_corpus: z.record(z.string(), z.int()).describe('documents of the arm by the number of copies, in all of the arm'),
      in_sample: z.record(z.string(), z.int()).describe('and in the sample: a small sample hides duplication'),
    })
    .optional(),
  held_out_copies: z.int().describe('documents that have a copy in the held-out slice, as far as that is known'),
  is_short: z.boolean().describe('there was less than the budget'),
})

const duplicateIds = z.object({
  documents: z.int().describe('measured documents that have the id of another one: they are drawn together, or not at all'),
  ids: z.int().describe('different ids among them'),
  examples: z.array(z.object({ id: z.string(), documents: z.array(z.object({ measurement: z.int(), shard: z.int(), row: z.int() })) })),
})

const heldOutCopies = z.object({
  documents: z.int().describe('documents of the held-out slice that have a copy among what the arms keep, and may take'),
  clusters_of: z.array(z.string()).describe('runs whose `duplicates/` say which documents are copies'),
  values: z.int().describe('measured values in which copies are equal; 0 where too few are measured before the first deduplication'),
})

export const sampleManifest = z.object({
  format: z.literal(fileFormats.sample),
  decant: z.string(),
  code: z.string(),
  budget: z.int().describe('tokens'),
  tokenizer: z.string(),
  order: z.string().describe('how documents are ordered when they are drawn'),
  training_order: z.string().describe('how they stand in the token files, which trainers read from the beginning to the end'),
  options: z.object({
    pin: z.array(z.string()),
    held_out: z.int().nullable().describe('tokens; with `clusters`, near-duplicates of its documents are in no arm either'),
    clusters: z.string().nullable(),
    whole_clusters: z.boolean(),
    weight: z
      .string()
      .nullable()
      .describe('step that measured how often a document stands; a fraction is a chance, by the order of seed 4294967294'),
    allow_short: z.boolean(),
  }),
  training: z.object({
    chinchilla_parameters: z.int().describe('20 tokens a parameter (Hoffmann et al. 2022)'),
    tokens_per_step: z.int(),
    steps: z.int(),
    config: z.string().describe("FineWeb's ablation model as a nanotron configuration"),
  }),
  sources: z.array(source),
  duplicate_ids: duplicateIds,
  held_out: drawn.nullable(),
  held_out_copies: heldOutCopies.nullable(),
  arms: z.array(drawn),
})

export type SampleManifest = z.output<typeof sampleManifest>
export type Drawn = z.output<typeof drawn>

/** As JSON Schema, which lies beside every manifest. */
export const manifestSchema = (): unknown => z.toJSONSchema(sampleManifest)
