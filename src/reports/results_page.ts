import { plural } from '../core/plural.ts'
import type { Difference } from '../experiments/differences.ts'
import type { Summary } from '../experiments/summary.ts'
import { checkpoint, percent, points, signed } from './format.ts'
import { cell, grid, type Html, head, html, none, numberCell, numberHead, section } from './html.ts'
import { interactivePage } from './interactive.ts'
import type { Lines, PageData } from './page_data.ts'

export const intervalOf = ({ interval }: Difference, unit: Summary['measured_in']): string =>
  interval === null ? '' : `${signed(interval[0], unit)} … ${signed(interval[1], unit)}`

/** What scores are, and which way is better: "points, higher is better". */
export const scoreKind = ({ tasks, measured_in, lower_is_better }: Summary): string => {
  const metrics = [...new Set(tasks.map(({ metric }) => metric))].join(', ')
  return `${measured_in === 'points' ? 'points' : metrics}, ${lower_is_better ? 'lower' : 'higher'} is better`
}

/** That seeds are too alike, and what follows. */
export const overlapNote = (overlapping: Summary['overlapping']): string =>
  `seeds share up to ${overlapping.map(({ arm, share }) => `${percent(share, 1)} (${arm})`).join(', ')} of their tokens, so scores vary less than between independent samples`

/** The error over questions is no test of arms, so its p is not shown. */
export const chance = ({ p_holm, by }: Difference): string =>
  p_holm === null || by === 'questions' ? '' : p_holm < 0.001 ? '<0.001' : p_holm.toPrecision(2)

/** What the figures rest on, and what they leave open. */
export function explained(summary: Summary): string[] {
  const { ranking, baseline, measured_in: measuredIn, unpaired } = summary
  const { spread, noise, differences } = ranking
  const unitShown = measuredIn === 'points' ? ' points' : ''
  const lines: string[] = []
  if (unpaired.length > 0 && differences.some(({ by }) => by === 'seeds'))
    lines.push(
      `not every arm has the same seeds (${unpaired.map(({ arm, seeds }) => `only ${arm} has ${seeds.join(', ')}`).join('; ')}): all runs count, and arms with other seeds are compared as independent runs`,
    )
  const bySeeds = differences.filter(({ by }) => by === 'paired seeds')
  if (bySeeds.length > 0)
    lines.push(
      `intervals: Student's t over the differences of runs with the same seed (${bySeeds.map(({ arm, df }) => `${arm}: ${plural(df! + 1, 'pair')}`).join(', ')})`,
    )
  if (summary.overlapping.length > 0) lines.push(`warning: ${overlapNote(summary.overlapping)}, and gaps may be called that are not there`)
  const { not_pooled: noisy, asked_pooled: asked } = ranking
  if (noisy)
    lines.push(
      `warning: scores of ${noisy.arm} vary ${noisy.times >= 100 ? 'more than 100' : noisy.times.toFixed(1)} times as much between seeds as those of the other arms (Cochran's C test), so --pooled does not hold; each pair is tested by itself`,
    )
  const pooled = differences.find(({ by }) => by === 'pooled seeds')
  if (pooled)
    lines.push(
      `intervals: Student's t with the noise pooled over all arms, after removing the effects of arm and seed (${plural(pooled.seeds.length, 'seed')}, ${plural(pooled.df!, 'degree')} of freedom); this takes equally noisy arms for granted${pooled.seeds.length <= 3 ? ', which so few seeds can hardly show' : ''}`,
    )
  else if (asked && !noisy && differences.length > 0)
    lines.push('warning: noise is not pooled, which needs the same seeds in every arm, two at least; each pair is tested by itself')
  const welch = differences.filter(({ by }) => by === 'seeds').map(({ arm }) => arm)
  if (welch.length > 0) lines.push(`${welch.join(', ')}: not the same seeds as ${baseline}, so runs cannot be paired (Welch's t)`)
  const single = differences.filter(({ by }) => by === 'questions').map(({ arm }) => arm)
  if (single.length > 0)
    lines.push(
      `${single.join(', ')}: only one seed of it or of ${baseline}; the interval covers the error over questions only. It does not tell how much another training run would change the score, so a gap outside it is not called a difference`,
    )
  const none = differences.filter(({ by }) => by === 'nothing').map(({ arm }) => arm)
  if (none.length > 0)
    lines.push(`${none.join(', ')}: only one seed of it or of ${baseline}, and the files have no standard errors: the noise is unknown`)
  if (spread)
    lines.push(
      `the score of a run varies by ${points(spread.sd, measuredIn)}${unitShown} between seeds (standard deviation; ${plural(spread.df, 'degree')} of freedom, ${points(spread.interval[0], measuredIn)} to ${points(spread.interval[1], measuredIn)})`,
    )
  if (noise)
    lines.push(
      `gaps below ${points(noise.points, measuredIn)}${unitShown} are noise: ${noise.by === 'given' ? 'given with --noise' : 'the standard error of a difference'}`,
    )
  const corrected = differences.filter(
    ({ interval, verdict, by }) => by !== 'questions' && verdict === 'inside noise' && isBeyondZero(interval),
  )
  if (corrected.some(({ gap }) => Math.abs(gap) >= (noise?.points ?? 0)))
    lines.push(
      `${corrected.map(({ arm }) => arm).join(', ')}: inside noise although the interval leaves out 0. Each interval is for one comparison; p is for all ${differences.length} (Holm)`,
    )
  if (differences.some(({ verdict }) => verdict === 'inside noise'))
    lines.push('inside noise: these runs cannot distinguish the two; "decant power" tells what could')
  return lines
}

const isBeyondZero = (interval: Difference['interval']): boolean => interval !== null && (interval[0] > 0 || interval[1] < 0)

/** The report of `decant results`. */
export function resultsPage(summary: Summary): string {
  const { arms, tasks, checkpoints, unit, baseline } = summary
  const lines = curves(summary)
  const isCurve = lines.xs.length > 1
  const data: PageData = { documents: [], lists: {}, histograms: {}, ...(isCurve ? { lines: { mean: lines } } : {}) }
  const body = [
    ...(isCurve
      ? [
          section(
            'During training',
            `Mean over tasks, in ${scoreKind(summary)}. Thick lines are means over seeds, dashed lines are single runs.`,
            html`<div class="chart" style="max-width:none" data-lines="mean"></div>`,
          ),
        ]
      : []),
    section(
      'Differences',
      `At ${checkpoints.map(checkpoint).join(', ')} ${unit}${checkpoints.length > 1 ? ', averaged' : ''}, against ${baseline}; ${scoreKind(summary)}.`,
      [differenceTable(summary), neighbourTable(summary), ...explained(summary).map((line) => html`<p class="lead">${line}</p>`)],
    ),
    section(
      'By task',
      'Bold: better or worse than the baseline by the same test. With many tasks, some differ by chance.',
      taskTable(summary),
    ),
  ]
  const lead = `${plural(
    arms.reduce((sum, { seeds }) => sum + seeds.length, 0),
    'run',
  )}; mean of ${plural(tasks.length, 'task')}`
  return interactivePage({ title: arms.map(({ name }) => name).join(', '), lead }, body, data)
}

function curves({ arms, unit }: Summary): Lines {
  const xs = [...new Set(arms.flatMap(({ curve }) => curve.map((point) => point.at)))].sort((a, b) => a - b)
  const series = arms.flatMap(({ name, seeds, curve }, color): Lines['series'] => {
    const values = (of: (point: (typeof curve)[number]) => number | undefined): (number | null)[] =>
      xs.map((x) => {
        const point = curve.find((one) => one.at === x)
        return (point && of(point)) ?? null
      })
    return [
      { name, color, isThin: false, values: values(({ score }) => score) },
      ...(seeds.length > 1
        ? seeds.map((seed) => ({ name: `${name}, seed ${seed}`, color, isThin: true, values: values((point) => point.seeds[seed]) }))
        : []),
    ]
  })
  return { x: unit, xs, series }
}

const isClear = ({ verdict }: Difference): boolean => /better|worse/.test(verdict)

function differenceTable({ arms, ranking, confidence, measured_in: measuredIn }: Summary): Html {
  const rows = arms.map(({ name, seeds, score }) => {
    const difference = ranking.differences.find(({ arm }) => arm === name)
    const numbers = [
      seeds.length,
      points(score, measuredIn),
      ...(difference ? [signed(difference.gap, measuredIn), intervalOf(difference, measuredIn), chance(difference)] : ['', '', '']),
    ]
    const verdict = difference ? (isClear(difference) ? html`<b>${difference.verdict}</b>` : difference.verdict) : 'baseline'
    return html`<tr>${[cell(name), ...numbers.map(numberCell), cell(verdict)]}</tr>`
  })
  const measures = ['seeds', 'score', 'gap', `${100 * confidence} % interval`, 'p (Holm)'].map(numberHead)
  return grid([head('arm'), ...measures, head('verdict')], rows)
}

function neighbourTable({ arms, ranking, measured_in: measuredIn }: Summary): Html {
  if (arms.length < 3) return none
  const rows = ranking.neighbours.map((difference) => {
    const { arm, baseline, gap, verdict } = difference
    return html`<tr>${[cell(arm), cell(baseline), numberCell(signed(gap, measuredIn)), numberCell(intervalOf(difference, measuredIn)), numberCell(chance(difference)), cell(verdict)]}</tr>`
  })
  const header = [head('arm'), head('against'), numberHead('gap'), numberHead('interval'), numberHead('p (Holm)'), head('verdict')]
  return html`<h3>From the best to the worst, each against the next</h3>${grid(header, rows)}`
}

function taskTable({ arms, by_task, tasks, measured_in: measuredIn }: Summary): Html {
  const rows = by_task.map(({ task, scores, ranking }, i) => {
    const cells = arms.map(({ name }) => {
      const difference = ranking.differences.find(({ arm }) => arm === name)
      const gap = difference ? html`<br><small>${signed(difference.gap, measuredIn)}</small>` : none
      const score = points(scores[name]!, measuredIn)
      return numberCell(html`${difference && isClear(difference) ? html`<b>${score}</b>` : score}${gap}`)
    })
    const { metric, items } = tasks[i]!
    const about = `${metric}${items === null ? '' : `, ${plural(items, 'question')}`}`
    return html`<tr><td>${task}<br><small>${about}</small></td>${cells}</tr>`
  })
  return grid([head('task'), ...arms.map(({ name }) => numberHead(name))], rows)
}
