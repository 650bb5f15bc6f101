import { existsSync } from 'node:fs'
import { UserError, unknownName } from '../core/errors.ts'
import { type Bounds, boundsOf, withoutBounds } from '../core/filter.ts'
import { canonicalJson } from '../core/hash.ts'
import { type PlannedStep, stepsOf } from '../pipeline/plan.ts'
import { loadStep } from '../pipeline/registry.ts'
import { stepKey } from '../pipeline/rules.ts'
import { type Amount, addDocument, nothing } from './amounts.ts'
import { type ArmVerdicts, type Judged, judge } from './judge.ts'
import { type Arm, armOf, openMeasurement } from './measurement.ts'
import { mixed } from './nearest.ts'
import { type CutLimits, type PairedHistogram, pairedHistogram, type Separation, separate, type ValueSample } from './separation.ts'

/** Which of a measured run's documents make a corpus: those its rules keep, those they remove, or all that reach them. */
export const parts = ['kept', 'removed', 'all'] as const
export type PartName = (typeof parts)[number]

/** Documents of a measured run. */
export interface RunPart {
  arm: Arm
  part: PartName
}

export interface SuggestOptions extends Omit<CutLimits, 'chance'> {
  /** Documents of each corpus to keep values of, at most. */
  values: number
}

export interface CorpusSummary {
  run: string
  pipeline: string
  part: PartName
  amount: Amount
  /** Documents whose values were looked at: all, or as many as there is room for, chosen by hash. */
  sampled: number
}

export interface ColumnResult extends Separation {
  /** The step's label, and the filter that it is. */
  step: string
  filter: string
  /** Those that differ from the defaults, without bounds. */
  options: Record<string, unknown>
  /** Steps before it that edit the text, as it was measured. */
  after: string[]
  /** Sampled documents of each that have a value, and the middle one. */
  good: { measured: number; median: number | null }
  bad: { measured: number; median: number | null }
  /** Bounds that the pipelines themselves set there: of what they keep, no document is beyond. */
  bounded: { pipeline: string; bounds: Bounds }[]
  /** Not part of the JSON. */
  histogram: PairedHistogram
}

export interface Suggestions {
  good: CorpusSummary
  bad: CorpusSummary
  /** Columns that both have, the most separated first. */
  columns: ColumnResult[]
  /** Columns that only one has measured. */
  left_out: string[]
}

/** `DIR`, `DIR/NAME`, `DIR/NAME:removed`. */
export async function openCorpus(given: string, flag: '--good' | '--bad', pipeline: string | undefined): Promise<RunPart> {
  const colon = given.lastIndexOf(':')
  const hasPart = colon > 0 && !existsSync(given)
  const part = hasPart ? given.slice(colon + 1) : 'kept'
  if (!(parts as readonly string[]).includes(part))
    throw unknownName(
      `${flag} ${given}: no documents are called "${part}"`,
      part,
      parts,
      `write DIR, or one of ${parts.map((name) => `DIR:${name}`).join(', ')}`,
    )
  const dir = hasPart ? given.slice(0, colon) : given
  const measurement = openMeasurement(dir)
  if (pipeline === undefined && measurement.runs.length > 1)
    throw new UserError(
      `${flag} ${given}: holds ${measurement.runs.length} measured pipelines`,
      `write ${measurement.runs.map(({ dir: run }) => run).join(' or ')}, or name one with ${flag}-pipeline`,
    )
  return { arm: await armOf(measurement, pipeline), part: part as PartName }
}

interface PairedColumn {
  step: PlannedStep
  after: string[]
  /** Labels under which each of the two corpora's runs has it; for the same documents one is enough. */
  good: { arm: number; column: string }
  bad: { arm: number; column: string }
}

/** How far each measured value separates two corpora, and where to cut. */
export async function suggestRules(good: RunPart, bad: RunPart, options: SuggestOptions): Promise<Suggestions> {
  const isSame = sameDocuments(good.arm, bad.arm)
  const { columns, leftOut } = columnsOf(good.arm, bad.arm, isSame)
  if (columns.length === 0)
    throw new UserError(
      `${good.arm.run.dir} and ${bad.arm.run.dir} have measured nothing in common`,
      'measure both with the same pipeline: decant measure PIPELINE -i INPUT -o DIR',
    )
  const [values, badValues] = [columns.map((column) => column.good), columns.map((column) => column.bad)]
  const samples = { good: new HashSample(columns.length, options.values), bad: new HashSample(columns.length, options.values) }
  if (isSame) {
    for await (const judged of judge(good.arm.run.plan.inputs.splits, [good.arm, bad.arm], { values })) {
      samples.good.addShard(judged, judged.arms[0]!, good.part)
      samples.bad.addShard(judged, judged.arms[1]!, bad.part)
    }
  } else {
    const readings = [
      { corpus: good, values, sample: samples.good },
      { corpus: bad, values: badValues, sample: samples.bad },
    ]
    for (const { corpus, values: read, sample } of readings)
      for await (const judged of judge(corpus.arm.run.plan.inputs.splits, [corpus.arm], { values: read }))
        sample.addShard(judged, judged.arms[0]!, corpus.part)
  }
  for (const [name, corpus] of [
    ['good', good],
    ['bad', bad],
  ] as const)
    if (samples[name].amount.documents === 0)
      throw new UserError(`--${name}: ${corpus.arm.run.dir} has no documents that are ${corpus.part === 'all' ? 'measured' : corpus.part}`)
  // In one of a hundred comparisons of equal corpora, one of all these columns would be cut.
  const limits = { ...options, chance: 0.01 / (2 * columns.length) }
  const results: ColumnResult[] = []
  for (const [k, column] of columns.entries())
    results.push(await resultOf(column, samples.good.column(k), samples.bad.column(k), limits, [good.arm, bad.arm]))
  const summary = ({ arm, part }: RunPart, { amount, size }: HashSample): CorpusSummary => ({
    run: arm.run.dir,
    pipeline: arm.name,
    part,
    amount,
    sampled: size,
  })
  return {
    good: summary(good, samples.good),
    bad: summary(bad, samples.bad),
    columns: results.sort((a, b) => b.separation - a.separation || (b.cuts[0]?.gain ?? 0) - (a.cuts[0]?.gain ?? 0)),
    left_out: leftOut,
  }
}

const sameDocuments = (a: Arm, b: Arm): boolean =>
  a.run.plan.inputs.hash === b.run.plan.inputs.hash && a.run.plan.options.limit === b.run.plan.options.limit

/**
 * What both have measured, by equal steps. If both have the same documents, what one pipeline has measured is known for the other too; texts may differ
 * by what its editors have changed, and a rule is meant for the pipeline that measured it.
 */
function columnsOf(good: Arm, bad: Arm, isSame: boolean): { columns: PairedColumn[]; leftOut: string[] } {
  const [goodMeasures, badMeasures] = [measuresOf(good), measuresOf(bad)]
  const find = (list: Measure[], { step, key }: Measure): Measure | undefined =>
    list.find((measure) => measure.key === key && measure.step.label === step.label) ?? list.find((measure) => measure.key === key)
  const columns: PairedColumn[] = []
  const leftOut: string[] = []
  for (const measure of goodMeasures) {
    const { step, after } = measure
    const column = { arm: 0, column: step.label }
    const there = find(badMeasures, measure)
    if (isSame) columns.push({ step, after, good: column, bad: column })
    else if (there) columns.push({ step, after, good: column, bad: { arm: 0, column: there.step.label } })
    else leftOut.push(step.label)
  }
  for (const measure of badMeasures) {
    if (find(goodMeasures, measure)) continue
    const { step, after } = measure
    if (isSame) columns.push({ step, after, good: { arm: 1, column: step.label }, bad: { arm: 1, column: step.label } })
    else leftOut.push(step.label)
  }
  return { columns, leftOut: [...new Set(leftOut)] }
}

interface Measure {
  step: PlannedStep
  key: string
  after: string[]
}

function measuresOf({ run }: Arm): Measure[] {
  const after: string[] = []
  const measures: Measure[] = []
  for (const step of stepsOf(run.plan)) {
    if (step.kind === 'filter') measures.push({ step, key: stepKey(step), after: [...after] })
    else if (step.edits) after.push(step.label)
  }
  return measures
}

async function resultOf(
  { step, after }: PairedColumn,
  good: ValueSample,
  bad: ValueSample,
  limits: CutLimits,
  arms: readonly Arm[],
): Promise<ColumnResult> {
  const separation = separate(good, bad, limits)
  const key = stepKey(step)
  const bounded = arms.flatMap(({ name, plan }) =>
    stepsOf(plan).flatMap((planned) => {
      const bounds = boundsOf(planned.options)
      const isSame = planned.kind === 'filter' && stepKey(planned) === key
      return isSame && Object.keys(bounds).length > 0 ? [{ pipeline: name, bounds }] : []
    }),
  )
  return {
    step: step.label,
    filter: step.step,
    options: await withoutDefaults(step),
    after,
    ...separation,
    good: middle(good),
    bad: middle(bad),
    bounded: bounded.filter((entry, i) => bounded.findIndex((earlier) => canonicalJson(earlier) === canonicalJson(entry)) === i),
    histogram: pairedHistogram(good, bad, separation.cuts[0]?.threshold, limits.weight),
  }
}

/** The options that a pipeline file has to give to get this measure. */
async function withoutDefaults({ step: stepName, options }: PlannedStep): Promise<Record<string, unknown>> {
  const { schema } = await loadStep(stepName)
  const all = withoutBounds(options)
  const effect = canonicalJson(all)
  const needed = { ...all }
  for (const name of Object.keys(all)) {
    const { [name]: _, ...rest } = needed
    const parsed = schema.safeParse(rest)
    if (parsed.success && canonicalJson(parsed.data) === effect) delete needed[name]
  }
  return needed
}

function middle({ values }: ValueSample): { measured: number; median: number | null } {
  const sorted = Float64Array.from(values).filter(Number.isFinite).sort()
  return { measured: sorted.length, median: sorted[sorted.length >> 1] ?? null }
}

/**
 * Values and tokens of documents, of all while there is room, then of those whose hash is below a limit that is halved whenever they are too many.
 * Which documents are left depends on them alone, not on their order.
 */
export class HashSample {
  readonly amount = nothing()
  #below = 2 ** 32
  #hashes: number[] = []
  #tokens: number[] = []
  readonly #values: number[][]

  constructor(
    columns: number,
    private readonly most: number,
  ) {
    this.#values = Array.from({ length: columns }, () => [])
  }

  get size(): number {
    return this.#hashes.length
  }

  addShard({ shard, size, row, values }: Pick<Judged, 'shard' | 'size' | 'row' | 'values'>, verdicts: ArmVerdicts, part: PartName): void {
    const { reached, kept, bytes, tokens } = verdicts
    for (let i = 0; i < size; i++) {
      const isIn = part === 'kept' ? kept[i] : part === 'all' ? reached[i] : reached[i] && !kept[i]
      if (!isIn) continue
      addDocument(this.amount, bytes[i]!, tokens[i]!)
      const hash = mixed(0, shard, row[i]!)
      if (hash >= this.#below) continue
      this.#hashes.push(hash)
      this.#tokens.push(tokens[i]! || 0)
      for (const [k, list] of this.#values.entries()) list.push(values[k]![i]!)
      while (this.#hashes.length > this.most) this.#halve()
    }
  }

  #halve(): void {
    this.#below /= 2
    const stays = this.#hashes.map((hash) => hash < this.#below)
    const staying = (list: number[]): number[] => list.filter((_, i) => stays[i])
    this.#hashes = staying(this.#hashes)
    this.#tokens = staying(this.#tokens)
    for (const [k, list] of this.#values.entries()) this.#values[k] = staying(list)
  }

  column(k: number): ValueSample {
    return { values: this.#values[k]!, tokens: this.#tokens }
  }
}
