import { basename } from 'node:path'
import type { FileWritten } from './ledger.ts'
import { type Plan, tasksOf } from './plan.ts'
import { readSummary, sealedEntries } from './seal.ts'
import { spoolFile } from './spool.ts'

/** Files that only the task of the same number reads; all others are for jobs, or come from them. */
const ownFiles = new Set([spoolFile, 'errors.jsonl'])

const bytesOf = (outputs: readonly FileWritten[]): number => outputs.reduce((sum, { bytes }) => sum + bytes, 0)

/** What one pass of a run would cost. */
export interface PassForecast {
  pass: string
  tasks: number
  /** Hours of one core, as on the machine of the pilot. */
  core_hours: number
  /** Hours of the longest task that cannot be split further. */
  longest_hours: number
  bytes_read: number
  bytes_written: number
}

export interface Forecast {
  /** Bytes of input beside the pilot's. */
  scale: number
  documents: number
  passes: PassForecast[]
  core_hours: number
  /** On so many cores: pass after pass, and none shorter than its longest task. */
  hours: number
  bytes_moved: number
  files: number
}

/**
 * What a run would cost, judged by a finished pilot run of the same pipeline on other inputs of the same kind: everything grows with the bytes of
 * input, and so does the longest task of a job that is one task.
 */
export function forecast(plan: Pick<Plan, 'passes' | 'inputs'>, pilot: { plan: Plan; dir: string }, cores: number): Forecast {
  const scale = plan.inputs.bytes / Math.max(1, pilot.plan.inputs.bytes)
  let files = 0
  /** What the next pass over shards reads, and what jobs read. */
  let [spooled, aside] = [plan.inputs.bytes, 0]
  const passes = plan.passes.map((pass, p): PassForecast => {
    const measured = pilot.plan.passes[p]!
    const entries = sealedEntries(pilot.dir, pilot.plan, measured)
    const [tasks, before] = [tasksOf(plan, pass), tasksOf(pilot.plan, measured)]
    const seconds = entries.reduce((sum, entry) => sum + entry.seconds, 0) * scale
    const outputs = entries.flatMap((entry) => entry.outputs)
    const bytes = bytesOf(outputs) * scale
    files += (outputs.length * tasks) / before
    const read = pass.kind === 'job' ? aside : spooled + (pass.from === null ? 0 : aside)
    const own = bytesOf(outputs.filter(({ path }) => ownFiles.has(basename(path)))) * scale
    if (pass.kind === 'shards') [spooled, aside] = [own, bytes - own]
    else aside += bytes
    return {
      ...{ pass: pass.name, tasks },
      core_hours: seconds / 3600,
      longest_hours: seconds / 3600 / tasks,
      bytes_read: read,
      bytes_written: bytes,
    }
  })
  const sum = (of: (pass: PassForecast) => number): number => passes.reduce((n, pass) => n + of(pass), 0)
  const { counts } = readSummary(pilot.dir, pilot.plan, pilot.plan.passes[0]!)
  return {
    ...{ scale, passes },
    documents: Math.round((counts['read:records'] ?? 0) * scale),
    core_hours: sum(({ core_hours }) => core_hours),
    hours: sum(({ core_hours, longest_hours }) => Math.max(core_hours / cores, longest_hours)),
    bytes_moved: sum(({ bytes_read, bytes_written }) => bytes_read + bytes_written),
    files: Math.round(files),
  }
}
