import { UserError } from '../core/errors.ts'
import { plural } from '../core/plural.ts'
import { type MeasuredNoise, measureNoise } from '../experiments/measured_noise.ts'
import { type Design, detectableGap, itemError, seedsFor } from '../experiments/power.ts'
import type { Scores } from '../experiments/scores.ts'
import { checkpoint, count, exactPercent, points, table } from '../reports/format.ts'
import { wrap } from '../reports/layout.ts'
import { overlapNote } from '../reports/results_page.ts'
import { type ReadingFlags, readScores } from './experiment_files.ts'

export interface PowerFlags extends ReadingFlags {
  gap?: number
  sd?: number
  correlation?: number
  from?: string
  last: number
  power: number
  alpha: number
  arms?: number
  items?: number
  taskCount?: number
  json?: boolean
}

/** What `decant power --json` prints. */
interface Answer {
  /** Scores in points (hundredths), or as the metric has them. */
  measured_in: Scores['measured_in']
  sd: number
  sd_interval: [number, number] | null
  correlation: number
  power: number
  alpha: number
  arms: number
  /** Level of each comparison, so that all comparisons with the baseline together keep `alpha`: what Holm asks of the clearest gap. */
  alpha_each: number
  gap: number | null
  /** Seeds an arm that find the gap; null where a million are too few. At the noise as it is, and at the upper end of what it may be. */
  seeds: { needed: number | null; at_most: number | null } | null
  detectable: { seeds: number; gap: number }[]
  /** Error by the number of questions. */
  questions: { error: number; by: 'files' | 'half right, at most' } | null
  measured: MeasuredNoise | null
}

/** How many seeds resolve a gap, and which gap seeds resolve. */
export async function power(files: readonly string[], flags: PowerFlags): Promise<void> {
  const { from, last, alpha, gap } = flags
  if (from === undefined && files.length > 0)
    throw new UserError(`${files[0]}: results without a sample`, 'write --from OUT, the folder of "decant sample"')
  if (from !== undefined && files.length === 0) throw new UserError('--from without results', 'decant power --from OUT eval/ --gap 0.5')
  if ((flags.sd === undefined) === (from === undefined))
    throw new UserError('noise is either measured (--from OUT RESULTS...) or given (--sd POINTS)', 'decant power --sd 0.3 --gap 0.5')
  const scores = from === undefined ? undefined : await readScores(from, files, flags)
  const measured = scores && measureNoise(scores, last)
  if (from !== undefined && !measured)
    throw new UserError('no arm has two seeds, so the results say nothing of noise', 'train a second seed of one arm, or give --sd')
  const sd = measured?.spread.sd ?? flags.sd!
  const correlation = flags.correlation ?? measured?.correlation?.value ?? 0
  const arms = flags.arms ?? Math.max(2, scores?.arms.length ?? 2)
  const alphaEach = alpha / (arms - 1)
  // Arms of a sample have the same seeds, and results compares them one by one.
  const design = (noise = sd): Design => ({ sd: noise, paired: true, correlation, alpha: alphaEach })
  const seeds = (chosen: Design): number | null => (gap === undefined ? null : (seedsFor(gap, flags.power, chosen) ?? null))
  const detectable = Array.from({ length: 9 }, (_, i) => i + 2).map((n) => ({ seeds: n, gap: detectableGap(n, flags.power, design())! }))
  const upper = measured && atMost(measured, design, flags.correlation)
  const answer: Answer = {
    measured_in: scores?.measured_in ?? 'points',
    sd,
    sd_interval: measured?.spread.interval ?? null,
    correlation,
    power: flags.power,
    alpha,
    arms,
    alpha_each: alphaEach,
    gap: gap ?? null,
    seeds: gap === undefined ? null : { needed: seeds(design()), at_most: upper === undefined ? null : seeds(upper) },
    detectable,
    questions: questionsOf(flags, measured),
    measured: measured ?? null,
  }
  if (flags.json) console.log(JSON.stringify(answer, null, 2))
  else printAnswer(answer)
  if (!flags.json && scores && scores.overlapping.length > 0)
    console.log(wrap(`warning: ${overlapNote(scores.overlapping)}; more seeds may be needed than this`))
}

/** The noise at the upper end of what was measured. A correlation of few seeds may be high by chance, so the interval is that of what is not shared. */
function atMost({ spread, unshared }: MeasuredNoise, design: (sd: number) => Design, correlation: number | undefined): Design {
  if (correlation !== undefined || unshared === null) return design(spread.interval[1])
  return { ...design(unshared.interval[1]), correlation: 0 }
}

function questionsOf({ items, taskCount }: PowerFlags, measured: MeasuredNoise | undefined): Answer['questions'] {
  if (items !== undefined) return { error: itemError(items, taskCount ?? 1), by: 'half right, at most' }
  return measured && measured.questions !== null ? { error: measured.questions, by: 'files' } : null
}

function printAnswer({
  measured_in: unit,
  sd,
  sd_interval,
  correlation,
  power: probability,
  alpha,
  arms,
  alpha_each: alphaEach,
  gap,
  seeds,
  detectable,
  questions,
  measured,
}: Answer): void {
  const told = unit === 'points' ? ' points' : ''
  const range =
    sd_interval === null
      ? 'given'
      : `measured, ${plural(measured!.spread.df, 'degree')} of freedom: ${points(sd_interval[0], unit)} to ${points(sd_interval[1], unit)}`
  console.log(wrap(`one run's score varies by ${points(sd, unit)}${told} between seeds (${range})`))
  const basis =
    measured?.correlation && measured.correlation.value === correlation
      ? ` (measured, ${plural(measured.correlation.df, 'degree')} of freedom)`
      : ''
  console.log(wrap(`scores of two arms with the same seed correlate by ${correlation.toFixed(2)}${basis}`))
  if (seeds) {
    const seedCount = (n: number | null): string => (n === null ? 'more than a million seeds' : plural(n, 'seed'))
    console.log(
      wrap(
        `\nto find a gap of ${gap}${told} with ${exactPercent(probability)} probability at the ${exactPercent(alpha)} level, two-sided, among ${plural(arms, 'arm')}:`,
      ),
    )
    console.log(wrap(`  ${seedCount(seeds.needed)} per arm, the same ones in every arm, as "decant sample" draws them`))
    if (seeds.at_most !== null)
      console.log(wrap(`  ${seedCount(seeds.at_most)} per arm, if the noise is at the upper end of what was measured`))
  }
  console.log(wrap(`\nsmallest gap found with ${exactPercent(probability)} probability`))
  console.log(
    table(['seeds per arm', 'smallest gap'], [['1', '–'], ...detectable.map((row) => [String(row.seeds), points(row.gap, unit)])]),
  )
  console.log(wrap('one seed says nothing about its noise'))
  if (arms > 2)
    console.log(
      wrap(
        `${plural(arms - 1, 'comparison')} with the baseline: each at the ${exactPercent(alphaEach)} level, as "decant results" corrects them (Holm)`,
      ),
    )
  if (measured) printMeasured(measured, { unit, gap, probability, alpha: alphaEach, correlation })
  if (questions) {
    const basis = questions.by === 'files' ? 'by the files' : 'if half are right, the worst case'
    console.log(
      wrap(`\nthe questions: standard error ${points(questions.error, unit)} of a score (${basis}), less with more questions and tasks.`),
    )
    console.log(wrap('All runs answer the same ones, so seeds do not reduce it; it limits what a gap says beyond these questions.'))
  }
}

function printMeasured(
  { over, averaged }: MeasuredNoise,
  {
    unit,
    gap,
    probability,
    alpha,
    correlation,
  }: { unit: Scores['measured_in']; gap: number | null; probability: number; alpha: number; correlation: number },
): void {
  const needed = (target: number, sd: number): string => {
    const n = target > 0 && sd > 0 ? seedsFor(target, probability, { sd, paired: true, correlation, alpha }) : undefined
    return n === undefined ? '–' : count(n)
  }
  if (over.length > 1) {
    const rows = over.map((point) => [
      checkpoint(point.at),
      points(point.spread.sd, unit),
      points(point.gap, unit),
      needed(point.gap, point.spread.sd),
    ])
    console.log(
      `\nover the training: noise, the largest gap between two arms, and seeds that find that gap\n${table(['at', 'sd', 'largest gap', 'seeds'], rows)}`,
    )
  }
  if (averaged.length > 1) {
    const rows = averaged.map(({ checkpoints, spread }) => [
      String(checkpoints),
      points(spread.sd, unit),
      ...(gap === null ? [] : [needed(gap, spread.sd)]),
    ])
    console.log(`\nlast checkpoints averaged\n${table(['checkpoints', 'sd', ...(gap === null ? [] : [`seeds for ${gap}`])], rows)}`)
  }
}
