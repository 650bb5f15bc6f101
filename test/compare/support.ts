import { join } from 'node:path'
import { Tally } from '../../src/compare/attribution.ts'
import { type ArmVerdicts, type Judged, judge } from '../../src/compare/judge.ts'
import { type Arm, type Measurement, openMeasurement } from '../../src/compare/measurement.ts'
import { brokenBound } from '../../src/core/filter.ts'
import { crawl, fileWith, parquetRows, runHere } from '../support.ts'

/** A row of verdicts as JSON has it. */
export type Row = Record<string, unknown> & { id: string; row: number; reason: string | null }

export async function verdictRows(dir: string, shards: number): Promise<Row[]> {
  const all: Row[] = []
  for (let i = 0; i < shards; i++) all.push(...((await parquetRows(`${dir}/verdicts/${String(i).padStart(5, '0')}.parquet`)) as Row[]))
  return all
}

/** Ids of what an arm keeps, document by document. */
export async function keptIds({ runs }: Measurement, arm: Arm): Promise<string[]> {
  const kept: string[] = []
  for await (const { size, ids, arms } of judge(runs[0]!.plan.inputs.splits, [arm], { ids: true }))
    for (let i = 0; i < size; i++) if (arms[0]!.kept[i]) kept.push(new TextDecoder().decode(ids[i]))
  return kept.sort()
}

/** Which of an arm's rules each document breaks, by its values one by one; null for documents that rules do not decide on. */
export function brokenByHand({ rules, plan }: Arm, rows: readonly Row[]): (number[] | null)[] {
  const filters = new Set(
    plan.passes
      .flatMap((pass) => (pass.kind === 'shards' ? pass.steps : []))
      .flatMap(({ kind, label }) => (kind === 'filter' ? [label] : [])),
  )
  return rows.map(({ reason, ...values }) => {
    if (reason !== null && !filters.has(reason.slice(0, reason.lastIndexOf('.')))) return null
    return rules.flatMap(({ column, bounds }, r) => (brokenBound((values[column] as number | null) ?? Number.NaN, bounds) ? [r] : []))
  })
}

/** Three shards of the crawl, with damage in one. */
export const crawlShards = `${crawl}*-0000{0,1,4}.warc.gz`

/** A pipeline file whose rules are measured on the crawl. */
export const crawlPipeline = (dir: string): string =>
  fileWith(
    dir,
    'p.yaml',
    `name: p
steps:
  - read
  - extract_html
  - word_count: { min: 50 }
  - mean_word_length: { above: 3, below: 10 }
  - line_punct_ratio: { min: 0.5 }
  - duplicate_line_ratio: { max: 0.3 }
  - letter_word_ratio
  - token_count
  - write
`,
  )

export async function measureCrawl(dir: string, out: string): Promise<Measurement> {
  await runHere(crawlPipeline(dir), crawlShards, out, { measure: true })
  return openMeasurement(out)
}

export const labels = ({ rules }: Arm): string[] => rules.map(({ label }) => label)

/** What the rules of an arm do, over so many shards. */
export async function tallyOf(arm: Arm, shards = 3): Promise<Tally> {
  const tally = new Tally(labels(arm))
  for await (const { arms } of judge(shards, [arm])) tally.add(arms[0]!)
  return tally
}

/** A measured run of JSON documents in shards, by a pipeline of these steps. */
export async function measureDocuments(dir: string, name: string, shards: string[], ...steps: string[]): Promise<string> {
  const lines = ['read', ...steps, 'write'].map((step) => `  - ${step}\n`).join('')
  const out = join(dir, name)
  await runHere(fileWith(dir, `${name}.yaml`, `name: ${name}\nsteps:\n${lines}`), shards, out, { measure: true })
  return out
}

interface Fate {
  reached?: boolean
  kept?: boolean
  /** Rules broken. */
  broken?: number[]
  bytes?: number
  tokens?: number
}

/** Verdicts of an arm as they would be read, with as many words of bits as the rules need. */
export function verdictsOf(fates: readonly Fate[], rules = 1): ArmVerdicts {
  const words = Math.ceil(rules / 32)
  const broken = new Uint32Array(fates.length * words)
  for (const [i, fate] of fates.entries()) for (const rule of fate.broken ?? []) broken[i * words + (rule >> 5)]! |= 1 << (rule & 31)
  const numbers = (of: (fate: Fate) => number | undefined): Float64Array => Float64Array.from(fates, (fate) => of(fate) ?? Number.NaN)
  const [bytes, tokens] = [numbers((fate) => fate.bytes), numbers((fate) => fate.tokens)]
  const rows = Int32Array.from(fates.keys())
  return {
    reached: Uint8Array.from(fates, ({ reached = true }) => Number(reached)),
    kept: Uint8Array.from(fates, ({ kept = false }) => Number(kept)),
    broken,
    words,
    reason: new Int32Array(fates.length).fill(-1),
    bytes,
    tokens,
    uneditedBytes: bytes,
    uneditedTokens: tokens,
    verdictRow: rows,
    dataRow: rows,
  }
}

/** Documents of one shard as two arms judge them. */
export const judgedBy = (a: readonly Fate[], b: readonly Fate[], more: Partial<Judged> = {}): Judged => ({
  shard: 0,
  size: a.length,
  row: Int32Array.from(a.keys()),
  language: new Int32Array(a.length).fill(-1),
  dump: new Int32Array(a.length).fill(-1),
  arms: [verdictsOf(a), verdictsOf(b)],
  values: [],
  ids: [],
  urls: [],
  ...more,
})
