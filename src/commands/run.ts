import { existsSync, rmSync } from 'node:fs'
import { basename, extname, join, relative, resolve } from 'node:path'
import { type ErrorEntry, shortageOf, systemCode, UserError, unreachable } from '../core/errors.ts'
import { canonicalJson } from '../core/hash.ts'
import { agree, plural } from '../core/plural.ts'
import type { TaskInput } from '../core/task.ts'
import type { FailedTask } from '../executors/local.ts'
import { workersFor } from '../executors/worker_count.ts'
import { findInputs } from '../inputs/find_inputs.ts'
import type { Input, Take } from '../inputs/input.ts'
import { below } from '../inputs/lists.ts'
import { readConfig } from '../pipeline/config.ts'
import { writeAtomically } from '../pipeline/ledger.ts'
import { checkLock } from '../pipeline/lock.ts'
import { makePlan } from '../pipeline/make_plan.ts'
import { type Plan, type RunOptions, tasksOf } from '../pipeline/plan.ts'
import { inputFolder, openRun, openRunFolder, readPlan } from '../pipeline/run_folder.ts'
import { firstErrors } from '../pipeline/seal.ts'
import { cutIntoSplits, readSplit, shownSplit } from '../pipeline/splits.ts'
import { bytes, count, duration, percent } from '../reports/format.ts'
import { funnelTable } from '../reports/funnel.ts'
import { wrap } from '../reports/layout.ts'
import { type Manifest, makeManifest, manifestText, total } from '../reports/manifest.ts'
import { type ProgressMode, progressReporter } from '../reports/progress.ts'
import { mirrorOf } from '../storage/mirror.ts'
import { isUrl } from '../storage/url.ts'

export interface RunFlags {
  input: string[]
  output: string
  workers?: number
  set: string[]
  parameters?: string
  limit?: number
  splitBytes?: number
  base?: string
  take?: Take
  seed?: number
  cache?: string
  cacheBytes?: number
  measure?: boolean
  audit?: number
  keepRemoved?: boolean
  failAbove?: number
  allowEmpty?: boolean
  json?: boolean
  quiet?: boolean
  timings?: boolean
  samples: number
  publish?: string
  executor?: 'local' | 'slurm'
  shares?: number
  atOnce?: number
  sbatch?: string
  tries?: number
  patience?: number
}

/** A checked pipeline, the files that it is to read, and how they are cut. */
export interface Planned {
  plan: Plan
  inputs: Input[]
  splits: TaskInput[]
  /** The file with the pipeline's parameters, or what the command line said of them. */
  parameters: string | undefined
}

/** What users say of inputs. */
export type InputFlags = Pick<RunFlags, 'input' | 'base' | 'take' | 'seed' | 'cache' | 'cacheBytes'>

/** The inputs that the user names. What can be read only once, and indexes of records, are kept in the folder of the run. */
export async function inputsOf(flags: InputFlags, dir?: string, say?: (line: string) => void): Promise<Input[]> {
  const { input, base, take, seed, cache, cacheBytes } = flags
  // The threads and processes that read have the environment in common.
  if (cache !== undefined) process.env.DECANT_CACHE = resolve(cache)
  if (cacheBytes !== undefined) process.env.DECANT_CACHE_BYTES = String(cacheBytes)
  return await findInputs(input, { base, take, seed, say, ...(dir === undefined ? {} : { keepIn: () => inputFolder(dir) }) })
}

/** What `decant run` and `decant plan` share: a checked pipeline over real files. */
export async function planRun(
  pipeline: string,
  flags: Pick<RunFlags, 'set' | 'parameters' | 'limit' | 'measure' | 'audit' | 'keepRemoved' | 'splitBytes'> & InputFlags,
  find: () => Promise<Input[]> = () => inputsOf(flags),
): Promise<Planned> {
  const config = readConfig(pipeline, flags.set, flags.parameters)
  const inputs = await find()
  const options: RunOptions = {
    measure: flags.measure ?? false,
    audit: flags.audit ?? 0,
    keep_removed: flags.keepRemoved ?? false,
    limit: flags.limit ?? null,
  }
  const splits = cutIntoSplits(inputs, flags.splitBytes)
  const plan = await makePlan(config, inputs, options, splits)
  plan.command = commandFor(pipeline, flags, plan.name)
  return { plan, inputs, splits, parameters: config.parameters }
}

/** Run a pipeline. Returns the exit code. */
export async function run(pipeline: string, flags: RunFlags): Promise<number> {
  const { dir, close } = openRun(flags.output)
  try {
    return await runIn(dir, pipeline, flags)
  } finally {
    close()
  }
}

/** Run a pipeline in a local folder, which may be a copy of the one that the user named. */
async function runIn(dir: string, pipeline: string, flags: RunFlags): Promise<number> {
  const started = performance.now()
  if (flags.publish !== undefined) (await import('./publish.ts')).checkPublished(flags.publish)
  if (flags.executor === 'slurm' && isUrl(flags.output))
    throw new UserError(
      '--executor slurm: the folder of the run must be one that all nodes see',
      'with -o s3://…, start "decant task" as in docs/remote.md',
    )
  const quietly = flags.json || flags.quiet
  const { plan, inputs, splits, parameters } = await planRun(pipeline, flags, () =>
    inputsOf(flags, dir, quietly ? undefined : console.error),
  )
  const replaced = finishedPlan(dir)
  const release = openRunFolder(dir, plan, splits)
  const mode = progressMode(flags)
  const inputBytes = inputs.map((input) => input.bytes)
  const progress = progressReporter(plan, inputBytes, mode)
  const { stop, release: releaseSignals } = stopOnSignals()
  try {
    const say = quietly ? () => {} : progress.say
    say(
      `${plan.name}: ${plural(splits.length, 'shard')}, ${bytes(inputBytes.reduce((a, b) => a + b, 0))}, ${plural(plan.passes.length, 'pass', 'passes')} → ${flags.output}`,
    )
    if (parameters !== undefined) say(`parameters: ${parametersShown(parameters)}`)
    let reused = 0
    // Manifest and report are wrong while tasks run.
    const onWork = (): void => {
      if (replaced) say(replacing(replaced, plan, flags.output))
      unfinish(dir)
    }
    const watching = { signal: stop.signal, onWork, onProgress: progress.update }
    // Imported late, so that mistakes in a pipeline are reported at once.
    const execute =
      flags.executor === 'slurm' ? (await import('./on_slurm.ts')).runOnSlurm : (await import('../executors/local.ts')).runLocal
    const { failed } = await execute(plan, dir, {
      ...flags,
      ...watching,
      workers: flags.workers ?? workersFor(inputs),
      timings: flags.timings ?? false,
      say,
      onTask: (entry, wasReused) => {
        if (wasReused) reused++
        if (flags.json)
          console.log(JSON.stringify({ event: 'task', pass: entry.pass, index: entry.index, reused: wasReused, seconds: entry.seconds }))
      },
    })
    progress.stop()
    if (stop.signal.aborted) {
      const jobs = flags.executor === 'slurm' ? 'jobs that were submitted go on' : 'no partial files were kept'
      progress.say(`stopped; ${jobs}. Run the same command again to resume.`)
      return 130
    }
    if (failed.length > 0) return reportFailures(plan, dir, failed)
    const manifest = await finish(plan, dir)
    if (flags.json)
      console.log(
        JSON.stringify({
          event: 'done',
          seconds: (performance.now() - started) / 1000,
          reused,
          manifest: below(flags.output, 'manifest.json'),
          records: manifest.records,
        }),
      )
    else if (!flags.quiet)
      await summary({ dir, shown: flags.output }, plan, manifest, {
        reused,
        seconds: (performance.now() - started) / 1000,
        samples: flags.samples,
      })
    if (flags.publish !== undefined) {
      mirrorOf(dir)?.fetchAll('data')
      const { publishRun } = await import('./publish.ts')
      await publishRun(dir, flags.output, flags.publish, flags)
    }
    return judgeErrors(manifest, flags.failAbove, () => firstErrors(dir, plan, 1)[0]) || judgeEmpty(manifest, flags)
  } finally {
    progress.stop()
    releaseSignals()
    release()
  }
}

export const progressMode = ({ json, quiet }: Pick<RunFlags, 'json' | 'quiet'>): ProgressMode =>
  json ? 'json' : quiet ? 'quiet' : process.stderr.isTTY ? 'terminal' : 'plain'

/** The first Ctrl-C stops cleanly; a second one exits at once. */
export function stopOnSignals(): { stop: AbortController; release(): void } {
  const stop = new AbortController()
  const onSignal = (): void => {
    if (stop.signal.aborted) process.exit(130)
    stop.abort()
  }
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal)
  return { stop, release: () => void process.off('SIGINT', onSignal).off('SIGTERM', onSignal) }
}

/** The plan of the finished run in a folder, if there is one. */
export const finishedPlan = (dir: string): Plan | undefined => (existsSync(join(dir, 'manifest.json')) ? readPlan(dir) : undefined)

export function replacing(earlier: Plan, plan: Plan, dir: string): string {
  const hasSameOptions = earlier.hash === plan.hash && canonicalJson(earlier.options) === canonicalJson(plan.options)
  return `replaces the run of ${earlier.name} in ${dir}: ${hasSameOptions ? 'inputs or code have changed' : 'it had other options'}`
}

/** The name of the file, which is that of a language in many recipes, and where it is. */
export const parametersShown = (path: string): string => `${basename(path, extname(path))} (${relative(process.cwd(), path)})`

/** The command that makes a run again. */
function commandFor(pipeline: string, flags: Parameters<typeof planRun>[1], output: string): string {
  const { input, set, parameters, limit, measure, audit, keepRemoved, splitBytes, base, take, seed } = flags
  const taken = take && ('count' in take ? take.count : `${Number((take.share * 100).toPrecision(12))}%`)
  const values = { parameters, limit, audit, 'split-bytes': splitBytes, base, take: taken, seed }
  const words = ['decant', 'run', pipeline, '-i', ...input, ...set.flatMap((each) => ['--set', each])]
  for (const [name, value] of Object.entries(values)) if (value !== undefined) words.push(`--${name}`, String(value))
  for (const [name, isOn] of Object.entries({ measure, 'keep-removed': keepRemoved })) if (isOn) words.push(`--${name}`)
  const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)
  return [...words, '-o', output].map(quoted).join(' ')
}

/** What is written once all tasks are done. */
const conclusions = ['manifest.json', 'report.html']

/** Remove what is no longer true once a task of the run begins. */
export function unfinish(dir: string): void {
  checkLock(dir)
  mirrorOf(dir)?.remove(...conclusions.filter((name) => existsSync(join(dir, name))))
  for (const name of conclusions) rmSync(join(dir, name), { force: true })
}

/** Write manifest and report of a run whose tasks are all done. */
export async function finish(plan: Plan, dir: string): Promise<Manifest> {
  const mirror = mirrorOf(dir)
  // The report is made of what all machines have written.
  for (const folder of ['verdicts', 'duplicates']) mirror?.fetchAll(folder)
  const manifest = makeManifest(plan, dir)
  checkLock(dir)
  writeAtomically(join(dir, 'manifest.json'), manifestText(manifest))
  const { writeReport } = await import('../reports/report.ts')
  await writeReport(dir, plan, manifest)
  for (const name of conclusions) mirror?.push(name)
  return manifest
}

export function reportFailures(plan: Plan, dir: string, failed: FailedTask[]): number {
  for (const { code } of failed) {
    const shortage = shortageOf(code)
    if (!shortage) continue
    console.error(`decant: ${shortage.what} (${code}); finished shards are kept. ${shortage.remedy} and run the same command again.`)
    return 1
  }
  const user = failed.find(({ userError }) => userError)
  if (user) throw new UserError(user.message)
  for (const { pass, index, message, stack, code } of failed.slice(0, 5)) {
    const shard =
      plan.passes.find(({ name }) => name === pass)?.kind === 'shards' ? shownSplit(readSplit(dir, plan, index)) : `task ${index}`
    const known = systemCode({ code }) !== undefined
    console.error(`decant: pass ${pass}, ${shard} failed: ${known || !stack ? message : stack}`)
  }
  console.error(
    `decant: ${failed.length} of ${plural(plan.inputs.splits, 'shard')} failed; the others are kept. Run the same command again to retry the failed ones.`,
  )
  return 1
}

/** The exit code of a finished run: 1 if more of its records than allowed are unusable, or all of them. */
/** A run that keeps nothing is hardly what was wanted; says what removed most. Returns the exit code. */
function judgeEmpty({ records }: Manifest, { allowEmpty, output }: RunFlags): number {
  if (allowEmpty || records.kept > 0 || total(records.removed) === 0) return 0
  const [most] = Object.entries(records.removed).sort(([, a], [, b]) => b - a)
  console.error(
    `decant: nothing is kept of ${plural(total(records.removed), 'document')}; most are removed by ${most![0]} (${count(most![1])})`,
  )
  console.error(`  hint: "decant why ${output} URL" shows what became of a page; --allow-empty accepts such a run`)
  return 1
}

export function judgeErrors({ records }: Manifest, failAbove: number | undefined, firstError: () => ErrorEntry | undefined): number {
  const errors = total(records.errors)
  if (errors > 0 && records.kept + total(records.removed) === 0) {
    const first = firstError()
    const example = first === undefined ? '' : `: ${first.file}: ${first.message}`
    console.error(
      records.read === 1
        ? `decant: the only record is not usable${example}`
        : `decant: none of the ${plural(records.read, 'record')} is usable${example.replace(':', '; the first:')}`,
    )
    console.error('  hint: errors/ in the folder of the run lists all of them')
    return 1
  }
  const lost = records.errors[unreachable] ?? 0
  if (lost > 0) {
    console.error(
      `decant: ${plural(lost, 'stretch', 'stretches')} of the inputs could not be fetched; the results are without ${agree(lost, 'it', 'them')}`,
    )
    console.error('  hint: run the same command again to fetch what is missing; errors/ lists it')
    return 1
  }
  const share = errors / Math.max(1, records.read)
  if (failAbove !== undefined && share > failAbove) {
    console.error(
      `decant: ${count(errors)} of ${plural(records.read, 'record')} (${percent(errors, records.read)}) ${agree(errors, 'is', 'are')} unusable, more than --fail-above ${failAbove}`,
    )
    return 1
  }
  return 0
}

async function summary(
  { dir, shown }: { dir: string; shown: string },
  plan: Plan,
  manifest: Manifest,
  { reused, seconds, samples }: { reused: number; seconds: number; samples: number },
): Promise<void> {
  const { records, tokens } = manifest
  const errors = total(records.errors)
  console.log(`\n${funnelTable(plan, manifest)}\n`)
  const would = plan.options.measure ? 'would be ' : ''
  const words = [
    `${plural(records.read, 'record')} read`,
    `${count(records.kept)} ${would}kept`,
    `${count(total(records.removed))} ${would}removed`,
  ]
  const more = [
    plural(errors, 'error'),
    `${count(total(records.non_html))} without HTML or text`,
    ...(tokens ? [`${plural(tokens.kept, 'token')} kept`] : []),
  ]
  // Lines break between the counts, not within them.
  console.log(wrap([...words, ...more].map((part) => part.replaceAll(' ', '\u00a0')).join(' · ')).replaceAll('\u00a0', ' '))
  if (errors > 0) {
    const kinds = Object.entries(records.errors).map(([kind, n]) => `${kind} ${count(n)}`)
    console.log(wrap(`errors: ${kinds.join(', ')} (listed in ${below(shown, 'errors')}/)`, { hanging: '  ' }))
    const share = errors / records.read
    if (share > 0.01 && share < 1)
      console.log(
        wrap(`note: ${percent(errors, records.read)} of the records are unusable; --fail-above SHARE fails such a run`, {
          hanging: '  ',
        }),
      )
  }
  if (records.read === 0) console.log('note: the inputs hold no records')
  const { sampleVerdicts } = await import('../reports/verdicts.ts')
  for (const line of await sampleVerdicts(dir, manifest, plan, samples)) console.log(line)
  const tasks = plan.passes.reduce((n, pass) => n + tasksOf(plan, pass), 0)
  console.log(`\ndata      ${below(shown, 'data')}/*.parquet`)
  console.log(`verdicts  ${below(shown, 'verdicts')}/*.parquet`)
  if (plan.options.keep_removed) console.log(`removed   ${below(shown, 'removed')}/*.parquet`)
  console.log(`manifest  ${below(shown, 'manifest.json')}`)
  console.log(`report    ${below(shown, 'report.html')}`)
  const read = manifest.bytes.read
  console.log(
    `\n${duration(seconds)} (${seconds.toFixed(1)} s)${reused > 0 ? `, ${reused} of ${plural(tasks, 'task')} already done` : `, ${plural(Math.round(records.read / seconds), 'record')}/s, ${bytes(read / seconds)}/s`}`,
  )
}
