import { join } from 'node:path'
import { armOf, openMeasurement } from '../compare/measurement.ts'
import { type Sweep, sweepBound } from '../compare/sweep.ts'
import { meant, UserError } from '../core/errors.ts'
import { type Bound, bounds } from '../core/filter.ts'
import { stepsOf } from '../pipeline/plan.ts'
import { count, percent, shortNumber, table } from '../reports/format.ts'
import { wrap } from '../reports/layout.ts'
import { sweepPage } from '../reports/sweep_page.ts'
import type { CompareFlags } from './compare.ts'
import { addReport, jsonWithout, writeReport } from './report_files.ts'

export interface SweepFlags extends Pick<CompareFlags, 'set' | 'parameters' | 'json' | 'report'> {
  from?: number
  to?: number
  step?: number
  nearest: number
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
  const result = await sweepBound(measurement, arm, parseTarget(target, filters), { from, to, step, nearest: shows, texts: reports })
  if (flags.json) console.log(json(result, nearest))
  else printSweep(arm.name, result, nearest)
  const path = typeof flags.report === 'string' ? flags.report : join(dir, 'reports', `sweep-${arm.name}-${target}.html`)
  if (reports) addReport(path, flags.json, () => writeReport(path, sweepPage(arm, result), json(result, shows)))
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
  const { step, bound, current, candidates, kept } = result
  console.log(
    wrap(
      `${step}.${bound}${current === null ? '' : ` (now ${current})`}: ${count(candidates)} documents pass all other rules of ${pipeline}\n`,
    ),
  )
  const rows = kept.map((at) => [shortNumber(at.threshold), count(at.documents), percent(at.documents, candidates), count(at.tokens)])
  console.log(table([bound, 'documents', 'share', 'tokens'], rows))
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
