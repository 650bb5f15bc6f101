import { unknownName } from '../core/errors.ts'
import { plural } from '../core/plural.ts'
import type { Difference } from '../experiments/differences.ts'
import { type Summary, summarize } from '../experiments/summary.ts'
import { checkpoint, points, signed, table } from '../reports/format.ts'
import { wrap } from '../reports/layout.ts'
import { chance, explained, intervalOf, resultsPage, scoreKind } from '../reports/results_page.ts'
import { type ReadingFlags, readScores } from './experiment_files.ts'
import { writeReport } from './report_files.ts'

export interface ResultsFlags extends ReadingFlags {
  baseline?: string
  last: number
  confidence: number
  noise?: number
  pooled?: boolean
  report?: string
  json?: boolean
}

/** What the arms of a sample scored after training, and whether the differences are more than noise. */
export async function results(out: string, files: readonly string[], flags: ResultsFlags): Promise<void> {
  const { last, confidence, noise, pooled, report } = flags
  const scores = await readScores(out, files, flags)
  const baseline = flags.baseline ?? scores.arms[0]!
  if (!scores.arms.includes(baseline))
    throw unknownName(
      `--baseline ${baseline}: no result is of this arm`,
      baseline,
      scores.arms,
      `arms with results: ${scores.arms.join(', ')}`,
    )
  const summary = summarize(scores, { baseline, last, confidence, noise, pooled })
  const json = JSON.stringify(summary, null, 2)
  if (report) writeReport(report, resultsPage(summary), json)
  if (flags.json) return console.log(json)
  printSummary(summary)
  if (report) console.log(`\nreport  ${report}`)
}

function printSummary(summary: Summary): void {
  const { unit, tasks, checkpoints, later, arms, ranking, by_task, left_out, confidence, measured_in: measuredIn } = summary
  const runs = arms.reduce((sum, { seeds }) => sum + seeds.length, 0)
  console.log(
    wrap(
      `${plural(arms.length, 'arm')}, ${plural(runs, 'run')}; mean of ${plural(tasks.length, 'task')}: ${tasks.map(({ name, metric }) => `${name} (${metric})`).join(', ')}`,
    ),
  )
  if (left_out.length > 0) console.log(wrap(`left out, since not every checkpoint has them: ${left_out.join(', ')}`))
  const places = [...new Set(arms.flatMap(({ curve }) => curve.map((point) => point.at)))].sort((a, b) => a - b)
  const curve = places.map((place) => [
    checkpoint(place),
    ...arms.map((arm) => {
      const point = arm.curve.find(({ at }) => at === place)
      return point ? points(point.score, measuredIn) : ''
    }),
  ])
  console.log(`\n${table([unit, ...arms.map(({ name, seeds }) => `${name} (${seeds.length})`)], curve)}`)
  console.log(
    wrap(
      `\nat ${checkpoints.map(checkpoint).join(', ')} ${unit}${checkpoints.length > 1 ? ', averaged' : ''}; ${scoreKind(summary)}; against ${summary.baseline}`,
    ),
  )
  if (later.length > 0) console.log(wrap(`later checkpoints, which not every run has, are not used: ${later.map(checkpoint).join(', ')}`))
  const rows = arms.map(({ name, score, seeds }) => {
    const difference = ranking.differences.find(({ arm }) => arm === name)
    return [
      name,
      String(seeds.length),
      points(score, measuredIn),
      ...(difference ? differenceCells(difference, measuredIn) : ['', '', '', '']),
    ]
  })
  const interval = `${100 * confidence} % interval`
  console.log(table(['arm', 'seeds', 'score', 'gap', interval, 'p (Holm)', 'verdict'], rows))
  for (const line of explained(summary)) console.log(wrap(line))
  if (arms.length > 2) {
    const below = ranking.neighbours.map((difference) => [difference.arm, difference.baseline, ...differenceCells(difference, measuredIn)])
    console.log(
      `\nfrom the best to the worst, each against the next\n${table(['arm', 'against', 'gap', interval, 'p (Holm)', 'verdict'], below)}`,
    )
  }
  const perTask = by_task.map(({ task, scores, ranking: taskRanking }) => [
    task,
    ...arms.map(({ name }) => {
      const difference = taskRanking.differences.find(({ arm }) => arm === name)
      const mark = difference?.verdict === 'better' ? ' +' : difference?.verdict === 'worse' ? ' -' : '  '
      return `${points(scores[name]!, measuredIn)}${mark}`
    }),
  ])
  console.log(`\n${table(['task', ...arms.map(({ name }) => name)], perTask)}`)
  console.log(wrap('+ and -: better and worse than the baseline on this task, by the same test; of many tasks, some will be by chance'))
}

const differenceCells = (difference: Difference, measuredIn: Summary['measured_in']): string[] => [
  signed(difference.gap, measuredIn),
  intervalOf(difference, measuredIn),
  chance(difference),
  difference.verdict,
]
