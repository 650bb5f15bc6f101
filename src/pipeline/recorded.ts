import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Bounds, brokenBound } from '../core/filter.ts'
import type { Docs } from '../core/task.ts'
import type { VerdictRecord } from '../core/verdict_record.ts'
import { type Content, contentOf } from './content.ts'
import { type LedgerEntry, resultFolder } from './ledger.ts'
import { type Plan, passNamed, type ShardPass } from './plan.ts'
import { compileRule } from './rules.ts'
import { planOf } from './run_folder.ts'
import { isSealed, readSealedEntry } from './seal.ts'
import { readSpool, spoolFile } from './spool.ts'
import type { Recording } from './task_request.ts'
import type { TaskState } from './task_state.ts'

/** Whether a finished, measured run recorded what the first pass of a plan needs: both end in a barrier, and the spool is still there. */
export function recordingFor(plan: Plan, measured: Plan, dir: string): Recording | undefined {
  const [own, other] = [plan.passes[0], measured.passes[0]]
  if (own?.kind !== 'shards' || other?.kind !== 'shards' || own.last || other.last) return undefined
  const isSame = plan.code === measured.code && plan.options.limit === null && measured.options.limit === null
  if (!isSame || plan.inputs.hash !== measured.inputs.hash) return undefined
  const [wanted, made] = [own, other].map(({ steps }) => contentOf(steps.filter(({ part }) => part === undefined))) as [Content, Content]
  const keys = made.measures.map(({ key }) => key)
  const columns = wanted.measures.map(({ key }) => keys.indexOf(key))
  const texts = ({ texts }: Content): string => texts.map(({ key }) => key).join('\n')
  const spools = isSealed(dir, other) && existsSync(join(dir, resultFolder(other, 0), spoolFile))
  if (texts(wanted) !== texts(made) || columns.includes(-1) || !spools) return undefined
  return { dir, pass: other.name, values: other.columns.length, columns }
}

const carried = /^(?:read|skipped|other|errors|damaged):/

/** Run the first pass of a measured run from a record: decide again on what was measured, and let the barrier see what is left. */
export async function runRecorded(state: TaskState, record: Recording): Promise<void> {
  const pass = state.pass as ShardPass
  const plan = planOf(record.dir)
  const recorded = passNamed(plan, record.pass)
  const entry = readSealedEntry(record.dir, plan, recorded, state.index)
  const folder = join(record.dir, resultFolder(recorded, state.index))
  takeOver(state, entry, join(folder, 'errors.jsonl'))
  const bounds = pass.steps.flatMap(({ kind, label, options }) =>
    kind === 'filter' ? [{ label, bounds: options as Bounds, column: pass.columns.indexOf(label) }] : [],
  )
  const reasonOf = (values: ArrayLike<number | null>): string | null => {
    for (const { label, bounds: own, column } of bounds) {
      const value = values[column]
      const bound = value === null || value === undefined ? undefined : brokenBound(value, own)
      if (bound !== undefined) return `${label}.${bound}`
    }
    return null
  }
  const passAgain = (decided: VerdictRecord): void => {
    const values = record.columns.map((column) => decided.values[column] ?? null)
    state.passRecord({ ...decided, values, reason: reasonOf(values) ?? decided.rejected ?? decided.reason })
  }
  const barrier = pass.steps.at(-1)!
  const rule = await compileRule(barrier, pass.columns, (doc, reason) => state.refuse(doc, reason), state.for(barrier, pass.name))
  const documents = async function* (): Docs {
    const on = { record: passAgain, begin: () => state.beginRecorded(), advance: (bytes: number) => state.progress(0, bytes) }
    for await (const doc of readSpool(join(folder, spoolFile), record.values, on)) {
      const values = Float64Array.from(record.columns, (column) => doc.verdict.values[column]!)
      const { row, bytes, full, unedited } = doc.verdict
      const again = doc.for({ row, bytes, reason: null, values, full, ...(unedited ? { unedited } : {}) })
      again.verdict.reason = reasonOf(values)
      const next = rule.run(again)
      if (next) yield next
    }
    rule.end?.()
  }
  for await (const _ of state.order(documents())) state.progress(2, 1)
}

/** What was read, and what could not be, is what the record says. */
function takeOver(state: TaskState, { counts, errors, reads }: LedgerEntry, errorFile: string): void {
  for (const [name, count] of Object.entries(counts)) if (carried.test(name)) state.metrics.add(name, count)
  state.errors.push(...errors)
  state.reads.push(...reads)
  if (existsSync(errorFile)) state.writeErrors(readFileSync(errorFile))
}
