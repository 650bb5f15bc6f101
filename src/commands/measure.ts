import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { UserError } from '../core/errors.ts'
import { plural } from '../core/plural.ts'
import { type Run, runTogether } from '../executors/local.ts'
import { workersFor } from '../executors/worker_count.ts'
import type { Input } from '../inputs/input.ts'
import { recordingFor } from '../pipeline/recorded.ts'
import { isUnborn, openRunFolder, readPlan } from '../pipeline/run_folder.ts'
import { firstErrors } from '../pipeline/seal.ts'
import type { Recording } from '../pipeline/task_request.ts'
import { bytes, count, duration, percent, table } from '../reports/format.ts'
import { type Manifest, total } from '../reports/manifest.ts'
import { progressReporter } from '../reports/progress.ts'
import { isUrl } from '../storage/url.ts'
import {
  finish,
  finishedPlan,
  type InputFlags,
  inputsOf,
  judgeErrors,
  planRun,
  progressMode,
  type RunFlags,
  replacing,
  reportFailures,
  stopOnSignals,
  unfinish,
} from './run.ts'

export type MeasureFlags = Pick<RunFlags, 'output' | 'workers' | 'limit' | 'splitBytes' | 'failAbove' | 'json' | 'quiet'> & InputFlags

/**
 * Measure everything that any of the pipelines measures: one reading of the inputs, and for each pipeline a measured run of its own in
 * OUTPUT/NAME. Equal extraction, edits and measures are made once. Returns the exit code.
 */
export async function measure(pipelines: readonly string[], flags: MeasureFlags): Promise<number> {
  const started = performance.now()
  if (isUrl(flags.output))
    throw new UserError(`-o ${flags.output}: measurements are written to local folders`, 'compare, sweep and sample read them many times')
  const planned: Awaited<ReturnType<typeof planRun>>[] = []
  let found: Input[] | undefined
  const find = async (): Promise<Input[]> =>
    (found ??= await inputsOf(flags, flags.output, flags.json || flags.quiet ? undefined : console.error))
  for (const pipeline of pipelines) planned.push(await planRun(pipeline, { ...flags, set: [], measure: true }, find))
  const { inputs, splits } = planned[0]!
  const runs = planned.map(({ plan }): Run => ({ plan, dir: join(flags.output, plan.name) }))
  checkNames(runs, flags.output)
  const recorded = runs.flatMap((run) => recordingOf(run, flags.output))
  for (const { run, record } of recorded) run.record = record
  const finished = new Map(runs.map(({ dir }) => [dir, finishedPlan(dir)]))
  const releases: (() => void)[] = []
  const { stop, release: releaseSignals } = stopOnSignals()
  const inputBytes = inputs.map((input) => input.bytes)
  const read = inputBytes.reduce((a, b) => a + b, 0)
  let progress = progressReporter(runs[0]!.plan, inputBytes, progressMode(flags))
  try {
    for (const { plan, dir } of runs) releases.push(openRunFolder(dir, plan, splits))
    if (!flags.json && !flags.quiet)
      for (const { run, record } of recorded) progress.say(`${run.plan.name}: texts and values from ${record.dir}, nothing is read again`)
    if (!flags.json && !flags.quiet)
      progress.say(`${runs.map(({ plan }) => plan.name).join(', ')}: ${plural(splits.length, 'shard')}, ${bytes(read)} → ${flags.output}`)
    const { failed } = await runTogether(runs, {
      workers: flags.workers ?? workersFor(inputs),
      signal: stop.signal,
      onWork: (running) => {
        for (const { plan, dir } of running) {
          const earlier = finished.get(dir)
          if (earlier && !flags.json && !flags.quiet) progress.say(replacing(earlier, plan, dir))
          unfinish(dir)
        }
      },
      onRun: ({ plan }) => {
        progress.stop()
        progress = progressReporter(plan, inputBytes, progressMode(flags))
        if (plan.passes.length > 1 && !flags.json && !flags.quiet) progress.say(`${plan.name}: deduplicating`)
      },
      onProgress: (now) => progress.update(now),
    })
    progress.stop()
    if (stop.signal.aborted) {
      progress.say('stopped; no partial files were kept. Run the same command again to resume.')
      return 130
    }
    if (failed.length > 0) return reportFailures(failed[0]!.run.plan, failed[0]!.run.dir, failed)
    const manifests: Manifest[] = []
    for (const { plan, dir } of runs) manifests.push(await finish(plan, dir))
    const seconds = (performance.now() - started) / 1000
    if (flags.json) {
      const result = manifests.map(({ pipeline: { name }, records }, i) => ({ pipeline: name, dir: runs[i]!.dir, records }))
      console.log(JSON.stringify({ event: 'done', seconds, runs: result }))
    } else if (!flags.quiet) summarize(flags.output, runs, manifests, seconds, read)
    return Math.max(
      ...manifests.map((manifest, i) => judgeErrors(manifest, flags.failAbove, () => firstErrors(runs[i]!.dir, runs[i]!.plan, 1)[0])),
    )
  } finally {
    progress.stop()
    releaseSignals()
    for (const release of releases) release()
  }
}

/** What a finished run in the folder has recorded that can replace the first pass of another. */
function recordingOf(run: Run, output: string): { run: Run; record: Recording }[] {
  if (existsSync(join(run.dir, 'manifest.json'))) return []
  for (const name of existsSync(output) ? readdirSync(output).sort() : []) {
    const dir = join(output, name)
    const measured = dir === run.dir || !existsSync(join(dir, 'manifest.json')) ? undefined : readPlan(dir)
    const record = measured && recordingFor(run.plan, measured, dir)
    if (record) return [{ run, record }]
  }
  return []
}

function checkNames(runs: readonly Run[], output: string): void {
  if (existsSync(output) && !statSync(output).isDirectory())
    throw new UserError(`-o ${output}: is a file, not a folder`, 'choose a new folder')
  for (const [i, { plan }] of runs.entries()) {
    if (!/^[\w][\w.-]*$/.test(plan.name))
      throw new UserError(`${plan.pipeline}: the name "${plan.name}" cannot be that of a folder`, 'use letters, digits, "-", "_" and "."')
    const same = runs.slice(0, i).find((earlier) => earlier.plan.name === plan.name)
    if (same)
      throw new UserError(
        `${same.plan.pipeline} and ${plan.pipeline} are both named "${plan.name}"`,
        'give one of them another "name:"; compare and sample use these names',
      )
  }
  const { hash } = runs[0]!.plan.inputs
  for (const name of existsSync(output) ? readdirSync(output) : []) {
    const earlier = readPlan(join(output, name))
    if (earlier && (earlier.inputs.hash !== hash || earlier.options.limit !== runs[0]!.plan.options.limit))
      throw new UserError(
        `-o ${output}: "${name}" was measured there on other inputs, or with another --limit`,
        'give the same -i and --limit, or another folder',
      )
  }
  if (readPlan(output)) throw new UserError(`-o ${output}: holds a run of one pipeline`, 'choose a new folder for measured pipelines')
  const isForeign = (name: string): boolean => {
    const dir = join(output, name)
    return !statSync(dir).isDirectory() || (!readPlan(dir) && !isUnborn(dir))
  }
  const names = existsSync(output) ? readdirSync(output).filter((name) => !name.startsWith('.') && name !== 'reports') : []
  const foreign = names.find(isForeign)
  if (foreign !== undefined) throw new UserError(`-o ${output}: the folder holds something else ("${foreign}")`, 'choose a new folder')
}

function summarize(output: string, runs: readonly Run[], manifests: readonly Manifest[], seconds: number, read: number): void {
  const rows = manifests.map(({ pipeline: { name }, records, tokens }) => {
    const documents = records.kept + total(records.removed)
    return [name, count(documents), count(records.kept), percent(records.kept, documents), tokens ? count(tokens.kept) : '–']
  })
  console.log(`\n${table(['pipeline', 'documents', 'would be kept', 'of these', 'tokens'], rows)}`)
  console.log(`\nmeasured  ${runs.map(({ dir }) => dir).join('\n          ')}`)
  const [a, b] = runs.map(({ plan }) => plan.name)
  console.log(`next      decant compare ${output} ${a} ${b ?? '--set STEP.OPTION=VALUE'}`)
  console.log(`\n${duration(seconds)} (${seconds.toFixed(1)} s), ${bytes(read / seconds)}/s`)
}
