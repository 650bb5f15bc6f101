import { existsSync } from 'node:fs'
import type { Doc } from '../core/doc.ts'
import { UserError } from '../core/errors.ts'
import { type Bounds, boundsOf, brokenBound } from '../core/filter.ts'
import { Metrics } from '../core/metrics.ts'
import type { Docs, Task, TaskInput } from '../core/task.ts'
import { isUrl } from '../storage/url.ts'
import { type Plan, type PlannedStep, type ShardPass, shardName } from './plan.ts'
import { loadStep } from './registry.ts'
import { measuredBefore } from './rules.ts'
import { readSplit } from './splits.ts'

/** What one step did to one document. */
export interface ReplayedStep {
  label: string
  kind: PlannedStep['kind']
  /** Filters: the value, its bounds, and the one it breaks; barriers: why they removed the document. */
  value?: number
  bounds?: Bounds
  broken?: string
  /** Editors and stages: characters before and after, where the text changed. */
  change?: { before: number; after: number }
  note?: string
}

export interface Replay {
  doc: Doc
  steps: ReplayedStep[]
}

/**
 * Read one document again from its shard and run every step on it, whatever the earlier ones say. Barriers cannot be replayed
 * on one document: `reason` is what the run recorded.
 */
export async function replay(plan: Plan, dir: string, shard: number, row: number, reason: string | null): Promise<Replay> {
  const input = findAgain(readSplit(dir, plan, shard))
  if (!input)
    throw new UserError(
      `${readSplit(dir, plan, shard).file} (shard ${shardName(shard)}) is no longer there, so its documents cannot be read again`,
    )
  const passes = plan.passes.filter((pass): pass is ShardPass => pass.kind === 'shards')
  const planned = passes.flatMap(({ steps }) => steps.filter(({ part }) => part !== 'after'))
  const columns = passes.at(-1)!.columns
  let doc = await readAgain(planned[0]!, input, row, columns.length)
  const steps: ReplayedStep[] = []
  for (const { step: stepName, label, kind, options } of planned.slice(1)) {
    const step = await loadStep(stepName)
    const before = doc.text.length
    const replayed: ReplayedStep = { label, kind }
    if (step.kind === 'filter') {
      replayed.value = (await step.measure(options, measuredBefore(label, columns)))(doc)
      doc.verdict.values[columns.indexOf(label)] = replayed.value
      replayed.bounds = boundsOf(options)
      const broken = brokenBound(replayed.value, replayed.bounds)
      if (broken) replayed.broken = broken
    } else if (step.kind === 'editor') doc = doc.withText((await step.edit(options))(doc))
    else if (step.kind === 'barrier') {
      const removed = reason?.startsWith(`${label}.`)
      if (removed) replayed.broken = reason!.slice(label.length + 1)
      const kept = step.edits ? 'what it cut out in the run is still in this text' : 'not removed here in the run'
      replayed.note = removed ? `removed in the run: ${reason}` : `decided on all documents together; ${kept}`
    } else if (step.role === 'writer') continue
    else {
      const notes: string[] = []
      const task = standIn(input, columns.length, notes)
      for await (const result of step.run(one(doc), options, task)) doc = result
      if (notes.length > 0) replayed.note = notes.join('; ')
    }
    if (doc.text.length !== before) replayed.change = { before, after: doc.text.length }
    steps.push(replayed)
  }
  return { doc, steps }
}

/** Where the file of a split is now: where it was, or where its name leads from here. */
const findAgain = (split: TaskInput): TaskInput | undefined =>
  isUrl(split.file) || existsSync(split.file) ? split : existsSync(split.path) ? { ...split, file: split.path } : undefined

async function* one(doc: Doc): Docs {
  yield doc
}

async function* none(): Docs {}

async function readAgain(read: PlannedStep, input: TaskInput, row: number, columns: number): Promise<Doc> {
  const step = await loadStep(read.step)
  if (step.kind !== 'stage') throw new Error(`${read.step} is not a stage`)
  let rejected: Doc | undefined
  const onReject = (doc: Doc): void => {
    if (doc.verdict.row === row) rejected = doc
  }
  const task = standIn(input, columns, [], { limit: row + 1, onReject })
  for await (const doc of step.run(none(), read.options, task)) if (doc.verdict.row === row) return doc
  if (rejected) return rejected
  throw new UserError(`${input.path} has no document ${row} any more: the file has changed since the run`)
}

/** A task that only listens, to run a stage outside of a run. */
export function standIn(
  input: TaskInput,
  columns: number,
  notes: string[],
  { limit = Number.POSITIVE_INFINITY, onReject }: { limit?: number; onReject?(doc: Doc): void } = {},
): Task {
  let documents = 0
  const unused = (): never => {
    throw new Error('a replay writes nothing')
  }
  return {
    index: 0,
    metrics: new Metrics(),
    input,
    get documents() {
      return documents
    },
    full: () => documents >= limit,
    shared: (_, compute) => compute,
    advance: () => {},
    begin: (bytes) => ({ row: documents++, bytes, reason: null, values: new Float64Array(columns).fill(Number.NaN), full: true }),
    skip: () => {},
    passOver: () => {},
    reject: (doc, reason) => {
      notes.push(reason)
      onReject?.(doc)
    },
    quarantine: (error, _, doc) => {
      if (doc) notes.push(`${error.kind}: ${error.message}`)
    },
    tokens: () => null,
    carriesMetadata: false,
    provenance: {},
    output: unused,
    wrote: unused,
    hashed: () => {},
    seam: () => {},
    inputs: unused,
    own: unused,
    dealt: unused,
  }
}
