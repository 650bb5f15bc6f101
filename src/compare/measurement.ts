import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { UserError, unknownName } from '../core/errors.ts'
import { changedConfig, isShipped, readConfig } from '../pipeline/config.ts'
import { makePlan } from '../pipeline/make_plan.ts'
import { type Plan, stepsOf } from '../pipeline/plan.ts'
import { checkIsLocal, readPlan } from '../pipeline/run_folder.ts'
import { measureCommand } from './measure_command.ts'
import { type ArmRule, rulesIn } from './rules.ts'

/** A finished run that measured every rule on every document. */
export interface MeasuredRun {
  name: string
  dir: string
  plan: Plan
}

/** Measured runs on the same inputs: what `decant measure` leaves, or one `decant run --measure`. */
export interface Measurement {
  dir: string
  runs: MeasuredRun[]
}

export function openMeasurement(dir: string): Measurement {
  checkIsLocal(dir)
  const isRun = readPlan(dir) !== undefined
  const folders = isRun
    ? [dir]
    : (existsSync(dir) ? readdirSync(dir) : []).filter((name) => !name.startsWith('.')).map((name) => join(dir, name))
  const runs = folders.sort().flatMap((folder): MeasuredRun[] => {
    const plan = readPlan(folder)
    return plan ? [{ name: plan.name, dir: folder, plan }] : []
  })
  if (runs.length === 0)
    throw new UserError(
      `${dir}: no run here (no plan.json)`,
      'give the folder that was named with "decant measure -o" or "decant run --measure -o"',
    )
  for (const { dir: folder, plan } of runs) {
    if (!existsSync(join(folder, 'manifest.json')))
      throw new UserError(
        `${folder}: the run is not complete (no manifest.json)`,
        'the same "decant measure" (or "run") command finishes it',
      )
    if (!plan.options.measure)
      throw new UserError(
        `${folder}: the run dropped documents at the first bound they broke, so later rules did not measure them`,
        'measure the pipeline into a folder of its own: decant measure PIPELINE -i INPUT -o DIR',
      )
    if (plan.inputs.hash !== runs[0]!.plan.inputs.hash || plan.options.limit !== runs[0]!.plan.options.limit)
      throw new UserError(`${folder} was measured on other inputs than ${runs[0]!.dir}`, 'measure it again with the same -i and --limit')
  }
  return { dir, runs }
}

/** Records that a run has read. */
export const readIn = ({ dir }: MeasuredRun): number =>
  (JSON.parse(readFileSync(join(dir, 'manifest.json'), 'utf8')) as { records: { read: number } }).records.read

/** A pipeline, in terms of a measured run that holds what its rules need. */
export interface Arm {
  name: string
  plan: Plan
  run: MeasuredRun
  rules: ArmRule[]
  /**
   * Barriers (deduplication) whose decisions are those that the run's own rules led to, although the arm's rules keep other documents; none when
   * the arm is what was measured.
   */
  standing: string[]
}

/** What may be changed on the command line. */
export interface Changes {
  set?: readonly string[]
  parameters?: string | undefined
}

/**
 * A pipeline by the name under which it was measured, or by a file; left out, the only one that was measured. Throws a UserError if
 * nothing measured holds what it needs.
 */
export async function armOf(
  { dir, runs }: Measurement,
  pipeline: string | undefined,
  { set = [], parameters }: Changes = {},
): Promise<Arm> {
  const named = pipeline === undefined ? (runs.length === 1 ? runs[0] : undefined) : runs.find(({ name }) => name === pipeline)
  if (pipeline === undefined && !named)
    throw new UserError(`${dir} holds ${runs.length} measured pipelines`, `name one of ${runs.map(({ name }) => name).join(', ')}`)
  if (pipeline !== undefined && !named && !existsSync(pipeline) && !isShipped(pipeline))
    throw unknownName(
      `${pipeline}: no pipeline of that name`,
      pipeline,
      runs.map(({ name }) => name),
      `measured in ${dir}: ${runs.map(({ name }) => name).join(', ')}; or give a pipeline file`,
    )
  const isFrozen = named !== undefined && parameters === undefined && (pipeline === undefined || !existsSync(pipeline))
  const config = isFrozen ? changedConfig(named.plan, stepsOf(named.plan), set) : readConfig(pipeline!, set, parameters)
  const candidates = [...runs].sort((a, b) => Number(b.name === config.name) - Number(a.name === config.name))
  const refusals: string[] = []
  for (const run of candidates) {
    // Rebuilt from its own steps, so that an option added to decant since then has its default in both.
    const [measured, plan] = [
      await makePlan(changedConfig(run.plan, stepsOf(run.plan), []), [], run.plan.options),
      await makePlan(config, [], run.plan.options),
    ]
    try {
      const rules = rulesIn(measured, plan)
      const barriers = stepsOf(plan).flatMap(({ kind, label }) => (kind === 'barrier' ? [label] : []))
      return { name: config.name, plan, run, rules, standing: plan.hash === measured.hash ? [] : barriers }
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      refusals.push(`${run.name}: ${error.message}`)
    }
  }
  throw new UserError(
    `${config.name}: not measured in ${dir}, and no run there holds what it needs (${refusals.join('; ')})`,
    set.length > 0
      ? `save the changed pipeline as a file, then: ${measureCommand({ dir, runs }, 'FILE')}`
      : `measure it: ${measureCommand({ dir, runs }, pipeline ?? config.name)}`,
  )
}
