import { join } from 'node:path'
import { type Arm, armOf, type Measurement, openMeasurement } from '../compare/measurement.ts'
import { keptBy, type Sweep, sweepBound } from '../compare/sweep.ts'
import { meant, UserError } from '../core/errors.ts'
import { type Bound, bounds, boundsOf, contradiction } from '../core/filter.ts'
import { agree, plural } from '../core/plural.ts'
import { stepsOf } from '../pipeline/plan.ts'
import { count, percent, shortNumber, table } from '../reports/format.ts'
import { wrap } from '../reports/layout.ts'
import { leftOutNote, standingNote } from '../reports/standing.ts'
import { sweepPage } from '../reports/sweep_page.ts'
import type { CompareFlags } from './compare.ts'
import { addReport, jsonWithout, writeReport } from './report_files.ts'

export interface SweepFlags extends Pick<CompareFlags, 'set' | 'parameters' | 'json' | 'report'> {
  from?: number
  to?: number
  step?: number
  nearest: number
  exact?: boolean
}

/** Documents on either side of the bound that a report holds with their texts. */
const inReport = 25

/** What a pipeline would keep of a measurement for each value of one bound, all other rules as they are. */
export async function sweep(dir: string, target: string, pipeline: string | undefined, flags: SweepFlags): Promise<void> {
  const measurement = openMeasurement(dir)
  const arm = await armOf(measurement, pipeline, flags)
  const filters = stepsOf(arm.plan).flatMap(({ kind, label }) => (kind === 'filter' ? [label] : []))
  const { from, to, step, nearest } = flags
  const reports = flags.report !== false
  const shows = reports ? Math.max(inReport, nearest) : nearest
  const parsed = parseTarget(target, filters)
  const quick = await sweepBound(measurement, arm, parsed, { from, to, step, nearest: shows, texts: reports })
  const armAt = (value: number): Promise<Arm> => armOf(measurement, pipeline, { ...flags, set: [...flags.set, `${target}=${value}`] })
  const result = flags.exact ? await decidedExactly(measurement, arm, armAt, quick) : quick
  if (flags.json) console.log(json(result, nearest))
  else printSweep(arm.name, result, nearest)
  const path = typeof flags.report === 'string' ? flags.report : join(dir, 'reports', `sweep-${arm.name}-${target}.html`)
  if (reports) addReport(path, flags.json, () => writeReport(path, sweepPage(arm, result), json(result, shows)))
}

/** The same, with later deduplication repeated on what each value of the bound keeps. A value that the other bound forbids is left out. */
async function decidedExactly(
  measurement: Measurement,
  { plan }: Arm,
  armAt: (value: number) => Promise<Arm>,
  quick: Sweep,
): Promise<Sweep> {
  const { decidedAnew } = await import('./decide_anew.ts')
  const kept: Sweep['kept'] = []
  const left_out: number[] = []
  const own = boundsOf(stepsOf(plan).find(({ label }) => label === quick.step)!.options)
  for (const { threshold } of quick.kept) {
    if (contradiction({ ...own, [quick.bound]: threshold })) {
      left_out.push(threshold)
      continue
    }
    if (process.stderr.isTTY)
      process.stderr.write(`\r\x1b[K${quick.step}.${quick.bound}: value ${kept.length + left_out.length + 1} of ${quick.kept.length}`)
    const arm = await armAt(threshold)
    kept.push({ threshold, ...(await decidedAnew(measurement, arm, (anew) => keptBy(anew, quick.step))) })
  }
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
  return { ...quick, kept, left_out, standing: [] }
}

/** The documents nearest to the bound, as many on either side. */
function nearestToBound({ nearest, current }: Pick<Sweep, 'nearest' | 'current'>, n: number): Sweep['nearest'] {
  const from = nearest.findIndex(({ value }) => value >= current!)
  const middle = from < 0 ? nearest.length : from
  return nearest.slice(Math.max(0, middle - n), middle + n)
}

function json(result: Sweep, n: number): string {
  return jsonWithout('text', { ...result, nearest: nearestToBound(result, n) })
}

function printSweep(pipeline: string, result: Sweep, n: number): void {
  const { step, bound, current, candidates, kept, standing } = result
  console.log(
    wrap(
      `${step}.${bound}${current === null ? '' : ` (now ${current})`}: ${plural(candidates, 'document')} ${agree(candidates, 'passes', 'pass')} all other rules of ${pipeline}\n`,
    ),
  )
  const rows = kept.map((at) => [shortNumber(at.threshold), count(at.documents), percent(at.documents, candidates), count(at.tokens)])
  console.log(table([bound, 'documents', 'share', 'tokens'], rows))
  const note = leftOutNote(result)
  if (note) console.log(wrap(`\nnote: ${note}`))
  if (standing.length > 0)
    console.log(wrap(`\nnote: ${standingNote(standing, 'the measured bound keeps')}; --exact deduplicates again at each value`))
  const near = nearestToBound(result, n)
  if (near.length === 0) return
  const documents = near.map(({ value, url, id }) => [shortNumber(value), url || id])
  console.log(`\nnearest to ${current}\n${table(['value', 'document'], documents)}`)
}

function parseTarget(target: string, labels: readonly string[]): { label: string; bound: Bound } {
  const dot = target.lastIndexOf('.')
  const [label, bound] = [target.slice(0, dot), target.slice(dot + 1)]
  if (dot < 0 || !(bound in bounds)) throw new UserError(`${target}: not a bound`, 'write STEP.min, STEP.max, STEP.above or STEP.below')
  if (!labels.includes(label)) throw new UserError(`${target}: no step measures "${label}"${meant(label, labels)}`)
  return { label, bound: bound as Bound }
}
