import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { UserError } from '../core/errors.ts'
import { plural } from '../core/plural.ts'
import type { TaskInput } from '../core/task.ts'
import type { Detected } from '../formats/detect_format.ts'
import type { Input } from '../inputs/input.ts'
import { forecast } from '../pipeline/forecast.ts'
import { type Pass, type Plan, type PlannedStep, tasksOf } from '../pipeline/plan.ts'
import { loadStep } from '../pipeline/registry.ts'
import { tryRules } from '../pipeline/rules.ts'
import { needPlan, openRun, openRunFolder } from '../pipeline/run_folder.ts'
import { defaultSplitBytes } from '../pipeline/splits.ts'
import { bytes, count, shortNumber, table } from '../reports/format.ts'
import { wrap } from '../reports/layout.ts'
import { inputsOf, type Planned, parametersShown, planRun } from './run.ts'
import { passStatus } from './status.ts'

type PlanFlags = Parameters<typeof planRun>[1] & {
  output?: string
  write?: string
  from?: string
  bytes?: number
  cores?: number
  json?: boolean
}

/** Check a pipeline and show what a run of it would do. */
export async function plan(pipeline: string, flags: PlanFlags): Promise<void> {
  const { plan, inputs, splits, parameters } = await planWith(pipeline, flags)
  await tryRules(plan)
  if (flags.write !== undefined) writePlan(flags.write, plan, splits)
  if (flags.json) return console.log(JSON.stringify(plan, null, 2))
  console.log(`${wrap(`${plan.name}: ${plan.description}`)}\n`)
  const hanging = ' '.repeat(8)
  if (parameters !== undefined) console.log(`values  ${parametersShown(parameters)}\n`)
  console.log(`${wrap(`inputs  ${plural(inputs.length, 'file')}, ${bytes(total(inputs))}: ${formats(inputs)}`, { hanging })}\n`)
  const done = flags.output !== undefined && existsSync(join(flags.output, 'plan.json')) ? passStatus(plan, flags.output) : undefined
  const rows = plan.passes.map((pass, i) => [
    pass.name,
    count(tasksOf(plan, pass)),
    ...(done ? [count(done[i]!.done)] : []),
    stepsShown(pass),
  ])
  console.log(table(['pass', 'tasks', ...(done ? ['done'] : []), 'steps'], rows))
  for (const pass of plan.passes) if (pass.kind === 'job' && pass.job === 0) await showForecast(pass.step)
  const { spool, outputs } = diskNeeded(plan, inputs)
  const parts = [
    `${bytes(outputs)} outputs`,
    ...(spool > 0 ? [`${bytes(spool)} spooled between passes (in work/, which may be deleted afterwards)`] : []),
  ]
  console.log(
    `\n${wrap(`disk    at most about ${bytes(spool + outputs)}: ${parts.join(', ')}; less if the rules remove much`, { hanging })}`,
  )
  if (flags.from !== undefined) showCost(plan, inputs, flags)
}

function writePlan(folder: string, plan: Plan, splits: readonly TaskInput[]): void {
  const { dir, close } = openRun(folder)
  try {
    openRunFolder(dir, plan, splits)()
  } finally {
    close()
  }
}

/** Without a folder to write to, what is kept of inputs is kept only until they have been looked at. */
async function planWith(pipeline: string, flags: PlanFlags): Promise<Planned> {
  const say = flags.json ? undefined : console.error
  if (flags.write !== undefined) return await planRun(pipeline, flags, () => inputsOf(flags, flags.write, say))
  const folder = mkdtempSync(join(tmpdir(), 'decant-'))
  try {
    return await planRun(pipeline, flags, () => inputsOf(flags, folder, say))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** What the run would cost, judged by a finished one of the same pipeline. */
function showCost(plan: Plan, inputs: readonly Input[], { from, bytes: given, cores = 1000 }: PlanFlags): void {
  const dir = from!
  const pilot = { plan: needPlan(dir), dir }
  if (pilot.plan.hash !== plan.hash)
    throw new UserError(
      `--from ${dir}: a run of another pipeline (${pilot.plan.name}), or with other options`,
      'run this pipeline on a few files first',
    )
  if (!existsSync(join(dir, 'manifest.json'))) throw new UserError(`--from ${dir}: the run is not complete`)
  // Without a list of the files, as many splits as they would have.
  const size = given ?? total(inputs)
  const splits = given === undefined ? plan.inputs.splits : Math.ceil(size / defaultSplitBytes([{ bytes: size }]))
  const { scale, documents, passes, core_hours, hours, bytes_moved, files } = forecast(
    { passes: plan.passes, inputs: { ...plan.inputs, bytes: size, splits } },
    pilot,
    cores,
  )
  console.log(`\ncost of ${bytes(size)}, ${shortNumber(scale)} times ${dir}\n`)
  const rows = passes.map((pass) => [
    pass.pass,
    count(pass.tasks),
    shortNumber(pass.core_hours),
    bytes(pass.bytes_read),
    bytes(pass.bytes_written),
  ])
  console.log(table(['pass', 'tasks', 'core hours', 'reads', 'writes'], rows))
  const parts = [
    `${shortNumber(core_hours)} core hours, ${shortNumber(hours)} hours on ${count(cores)} cores`,
    `${bytes(bytes_moved)} moved`,
    `${count(files)} files`,
    `${count(documents)} documents`,
  ]
  console.log(`\n${wrap(`total   ${parts.join('; ')}; every figure grows with the bytes of input`, { hanging: ' '.repeat(8) })}`)
}

/** What a barrier says of its options. */
async function showForecast({ step: stepName, label, options }: PlannedStep): Promise<void> {
  const step = await loadStep(stepName)
  if (step.kind === 'barrier' && step.forecast) console.log(`\n${wrap(`${label}: ${step.forecast(options)}`, { hanging: ' '.repeat(8) })}`)
}

const total = (inputs: readonly Input[]): number => inputs.reduce((n, input) => n + input.bytes, 0)

function formats(inputs: readonly Input[]): string {
  const counts = new Map<string, number>()
  for (const { detected } of inputs) {
    const name = detected.kind === 'known' ? formatShown(detected) : detected.kind
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return [...counts].map(([name, n]) => `${count(n)} ${name}`).join(', ')
}

const formatShown = ({ name, compression }: Extract<Detected, { kind: 'known' }>): string =>
  compression === 'none' ? name : `${name} (${compression})`

function stepsShown(pass: Pass): string {
  if (pass.kind === 'job') return `${pass.step.label}: ${pass.name.split('-').at(-1)}`
  const labels = pass.steps.map(({ label, part }) => (part ? `${label} (${part})` : label))
  return labels.length > 8
    ? `${labels.slice(0, 4).join(', ')}, … ${labels.length - 7} more …, ${labels.slice(-3).join(', ')}`
    : labels.join(', ')
}

/** An upper bound in practice: what the outputs and the spools would take, were nothing removed. A verdict row takes about 150 bytes. */
function diskNeeded(plan: Plan, inputs: readonly Input[]): { spool: number; outputs: number } {
  const text = inputs.reduce(
    (sum, { bytes, detected }) => sum + bytes * (detected.kind === 'known' ? detected.format.textPerByte(detected.compression) : 1),
    0,
  )
  const barriers = plan.passes.filter((pass) => pass.kind === 'shards' && !pass.last).length
  const kept = plan.options.keep_removed ? 2 : 1
  return { spool: text * 1.15 * barriers * kept, outputs: (text / 2.4) * kept + text * 0.05 }
}
