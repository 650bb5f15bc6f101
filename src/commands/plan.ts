import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { chanceOf } from '../dedup/signatures.ts'
import type { Input } from '../pipeline/inputs.ts'
import type { Pass, Plan, PlannedStep } from '../pipeline/plan.ts'
import { tryRules } from '../pipeline/rules.ts'
import { bytes, count, table } from '../reports/format.ts'
import { planRun, type RunFlags } from './run.ts'
import { passStatus } from './status.ts'

type PlanFlags = Pick<RunFlags, 'input' | 'set' | 'parameters' | 'limit' | 'measure' | 'audit' | 'keepRemoved'> & {
  output?: string
  json?: boolean
}

/** Check a pipeline and show what a run of it would do. */
export async function plan(pipeline: string, flags: PlanFlags): Promise<void> {
  const { plan, inputs } = await planRun(pipeline, flags)
  await tryRules(plan)
  if (flags.json) return console.log(JSON.stringify(plan, null, 2))
  console.log(`${plan.name}: ${plan.description}\n`)
  console.log(`inputs  ${count(inputs.length)} files, ${bytes(total(inputs))}: ${formats(inputs)}\n`)
  const done = flags.output !== undefined && existsSync(join(flags.output, 'plan.json')) ? passStatus(plan, flags.output) : undefined
  const rows = plan.passes.map((pass, i) => [
    pass.name,
    count(pass.kind === 'job' ? pass.tasks : inputs.length),
    ...(done ? [count(done[i]!.done)] : []),
    stepsShown(pass),
  ])
  console.log(table(['pass', 'tasks', ...(done ? ['done'] : []), 'steps'], rows))
  for (const pass of plan.passes)
    if (pass.kind === 'job' && pass.job === 0 && pass.step.use === 'minhash_dedup') console.log(`\n${chances(pass.step)}`)
  const { spool, outputs } = diskNeeded(plan, inputs)
  const parts = [
    `${bytes(outputs)} outputs`,
    ...(spool > 0 ? [`${bytes(spool)} spooled between passes (work/, may be deleted afterwards)`] : []),
  ]
  console.log(`\ndisk    at most about ${bytes(spool + outputs)}: ${parts.join(', ')}; less, the more the rules remove`)
}

/** What share of the pairs of each similarity a step finds. */
function chances({ label, options }: PlannedStep): string {
  const { bands, rows } = options as { bands: number; rows: number }
  const shown = [0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95].map((s) => `${s}: ${(100 * chanceOf(s, { bands, rows })).toFixed(1)} %`)
  // Keys of 12 bytes; row, rank, id (an URN of 47 bytes) and sketch; union-find and sizes.
  const disk = 12 * bands + 16 + 47 + bands * rows
  return `${label} (${bands} × ${rows}) finds pairs of similarity ${shown.join(', ')}; it takes about ${disk} bytes of disk a document, and 50 of memory in its last task`
}

const total = (inputs: readonly Input[]): number => inputs.reduce((n, input) => n + input.bytes, 0)

function formats(inputs: readonly Input[]): string {
  const counts = new Map<string, number>()
  for (const { format } of inputs) {
    const name = 'compression' in format && format.compression !== 'none' ? `${format.kind} (${format.compression})` : format.kind
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return [...counts].map(([name, n]) => `${count(n)} ${name}`).join(', ')
}

function stepsShown(pass: Pass): string {
  if (pass.kind === 'job') return `${pass.step.label}: ${pass.name.split('-').at(-1)}`
  const labels = pass.steps.map(({ label, part }) => (part ? `${label} (${part})` : label))
  return labels.length > 8
    ? `${labels.slice(0, 4).join(', ')}, … ${labels.length - 7} more …, ${labels.slice(-3).join(', ')}`
    : labels.join(', ')
}

/**
 * An upper bound in practice: bytes of text that a byte of input holds, were nothing removed. Measured on 238 MB of mixed pages:
 * a gzipped WARC byte holds 4.4 bytes of HTML and 0.5 of main text; a verdict row takes about 150 bytes.
 */
function diskNeeded(plan: Plan, inputs: readonly Input[]): { spool: number; outputs: number } {
  let text = 0
  for (const { bytes, format } of inputs) {
    const packed = 'compression' in format && format.compression !== 'none'
    text += bytes * (format.kind === 'warc' ? (packed ? 0.6 : 0.15) : format.kind === 'parquet' ? 2.5 : packed ? 3 : 1)
  }
  const barriers = plan.passes.filter((pass) => pass.kind === 'shards' && !pass.last).length
  const kept = plan.options.keep_removed ? 2 : 1
  return { spool: text * 1.15 * barriers * kept, outputs: (text / 2.4) * kept + text * 0.05 }
}
