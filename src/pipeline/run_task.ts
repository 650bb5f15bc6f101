import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import type { Doc } from '../core/doc.ts'
import { fileFormats } from '../core/file_format.ts'
import type { Docs } from '../core/task.ts'
import { hashFile } from './hash_file.ts'
import { damagedFile, type FileWritten, type LedgerEntry, removeEntry, statKey, syncFolder, writeEntry, writerOf } from './ledger.ts'
import { createOutputs } from './outputs.ts'
import type { JobPass, Plan, ShardPass } from './plan.ts'
import { shardName } from './plan.ts'
import { runRecorded } from './recorded.ts'
import { loadStep } from './registry.ts'
import { applyRules, type CompiledRule, compileRule } from './rules.ts'
import { allOrFirstError, readerOf } from './shared_reading.ts'
import { SharedViews } from './shared_views.ts'
import { spoolTo } from './spool.ts'
import type { Recording, TaskRequest } from './task_request.ts'
import { provenanceOf, TaskState } from './task_state.ts'

/** Folders under the run's folder that hold its products, by the name of the task's file. */
export const products: Record<string, { folder: string; extension: string }> = {
  'data.parquet': { folder: 'data', extension: 'parquet' },
  'verdicts.parquet': { folder: 'verdicts', extension: 'parquet' },
  'removed.parquet': { folder: 'removed', extension: 'parquet' },
  'duplicates.parquet': { folder: 'duplicates', extension: 'parquet' },
  'errors.jsonl': { folder: 'errors', extension: 'jsonl' },
}

/**
 * Run one task of one pass: the only unit of work. Every executor calls this and nothing else. What it writes goes to a folder of its
 * own and is renamed into place when complete; the ledger entry comes last. `signal` ends it early, with its reason as the error.
 */
export async function runTask(request: TaskRequest, signal?: AbortSignal): Promise<LedgerEntry> {
  return (await runTasks([request], signal))[0]!
}

/**
 * Run tasks of several runs that read the same input in one reading: each gives what it gives alone. What equal steps make of equal
 * documents is made once. More than one task at a time only for first passes whose plans begin with the same reader.
 */
export async function runTasks(requests: readonly TaskRequest[], signal?: AbortSignal): Promise<LedgerEntry[]> {
  const started = performance.now()
  const states = requests.map(openState)
  try {
    const { pass } = states[0]!
    const { record } = requests[0]!
    if (pass.kind === 'job') await runJob(pass, states[0]!)
    else await runShard(states, signal, record)
    return states.map((state, i) => {
      const { limit } = requests[i]!
      const outputs = publish(state)
      const entry: LedgerEntry = {
        format: fileFormats.ledger,
        pass: state.pass.name,
        index: state.index,
        key: state.pass.key,
        reads: state.reads,
        outputs,
        counts: state.metrics.counts,
        errors: state.errors,
        seconds: (performance.now() - started) / 1000,
        ...(limit === undefined ? {} : { limit }),
        ...(state.timings ? { timings: state.timings.seconds() } : {}),
      }
      writeEntry(state.dir, entry)
      return entry
    })
  } catch (error) {
    const { code, path } = error as NodeJS.ErrnoException
    const owner = states.find(({ dir }) => path?.startsWith(join(dir, '/')))
    // What an earlier task wrote is not what it wrote any more: without its entry, that task runs again.
    if (code === damagedFile && path && owner) removeEntry(owner.dir, ...writerOf(relative(owner.dir, path)))
    throw error
  } finally {
    for (const { work } of states) rmSync(work, { recursive: true, force: true })
  }
}

const finalFolder = ({ dir, pass, index }: TaskState): string => join(dir, 'work', pass.name, shardName(index))

function openState(request: TaskRequest): TaskState {
  const work = `${join(request.dir, 'work', request.plan.passes[request.pass]!.name, shardName(request.index))}.${process.pid}.part`
  rmSync(work, { recursive: true, force: true })
  mkdirSync(work, { recursive: true })
  return new TaskState(request, work)
}

async function runJob(pass: JobPass, state: TaskState): Promise<void> {
  const step = await loadStep(pass.step.step)
  if (step.kind !== 'barrier') throw new Error(`${pass.step.step} is not a barrier`)
  await step.jobs[pass.job]!.run(pass.step.options, state.for(pass.step, pass.name), state.plan.inputs.length)
}

async function runShard(states: readonly TaskState[], signal: AbortSignal | undefined, record: Recording | undefined): Promise<void> {
  for (const state of states) await openOutputs(state)
  let done = false
  try {
    if (record) await runRecorded(states[0]!, record)
    else await runChains(states, signal)
    for (const state of states) {
      const rows = await state.sink.close()
      for (const [name, count] of Object.entries(rows)) state.wrote(name, count)
      state.closeErrors()
    }
    done = true
  } finally {
    if (!done) for (const state of states) state.discard()
  }
}

async function runChains(states: readonly TaskState[], signal: AbortSignal | undefined): Promise<void> {
  const views = states.length > 1 ? new SharedViews() : undefined
  const [first] = states as [TaskState]
  const input = first.plan.inputs[first.index]!
  const inputStat = statKey(input)
  const sources = await open(states)
  const streams: Docs[] = []
  for (const [i, state] of states.entries()) streams.push(state.order(await chain(state, sources[i]!, signal, views)))
  await allOrFirstError(
    states.map(async (state, i) => {
      for await (const _ of streams[i]!) state.progress(2, 1)
    }),
  )
  if (passOf(first).from === null && !first.isIdle) readInput(states, input, inputStat)
}

const passOf = ({ pass }: TaskState): ShardPass => pass as ShardPass

async function openOutputs(state: TaskState): Promise<void> {
  const { plan, index } = state
  const pass = passOf(state)
  const sink = pass.last
    ? await createOutputs(plan, pass, {
        shard: index,
        metrics: state.metrics,
        output: (name) => state.output(name),
        provenance: provenanceOf(plan),
        uneditedOf: (doc) => state.uneditedOf(doc),
      })
    : spoolTo(state.output('spool.jsonl'), (doc) => state.uneditedOf(doc))
  state.openSink(sink, await tokenCounter(plan))
}

function readInput(states: readonly TaskState[], path: string, stat: string): void {
  const sha256 = hashFile(path)
  if (statKey(path) !== stat) throw new Error(`${path} changed while it was read; run again`)
  for (const state of states) state.reads.push({ path, sha256, stat, bytes: statSync(path).size })
}

/** The documents that each task begins with: what its reader reads, or what an earlier pass left. */
async function open(states: readonly TaskState[]): Promise<Docs[]> {
  const [first] = states as [TaskState]
  const pass = passOf(first)
  if (pass.from !== null) return [first.spooled(pass)]
  if (first.isIdle) return states.map(none)
  const planned = pass.steps[0]!
  const step = await loadStep(planned.step)
  if (step.kind !== 'stage') throw new Error(`${planned.step} is not a stage`)
  const [task, distribute] = readerOf(states, planned)
  const docs = step.run(none(), planned.options, task)
  return distribute(first.timings ? first.timings.stage(planned.label, docs) : docs)
}

/** The pass as one stream: stages as they stand, consecutive rules as one loop. */
async function chain(state: TaskState, source: Docs, signal: AbortSignal | undefined, views: SharedViews | undefined): Promise<Docs> {
  const pass = passOf(state)
  let docs: Docs = signal ? pausing(source, signal) : source
  let rules: CompiledRule[] = []
  const flush = (): void => {
    if (rules.length > 0) docs = applyRules(docs, rules)
    rules = []
  }
  for (const planned of pass.steps) {
    const step = await loadStep(planned.step)
    const task = state.for(planned, pass.name, views)
    if (step.kind !== 'stage') {
      const rule = await compileRule(planned, pass.columns, (doc, reason) => state.refuse(doc, reason), task)
      rules.push(state.timings ? state.timings.rule(rule) : rule)
      continue
    }
    if (step.role === 'reader') continue
    flush()
    if (step.role === 'writer') docs = state.survivors(docs)
    docs = step.run(docs, planned.options, task)
    if (state.timings) docs = state.timings.stage(planned.label, docs)
  }
  flush()
  return docs
}

async function* none(): Docs {}

/** Let the thread do other things now and then (draw progress, hear Ctrl-C), which a stream of documents that are all there never does. */
async function* pausing(docs: Docs, signal: AbortSignal): Docs {
  let paused = performance.now()
  for await (const doc of docs) {
    yield doc
    if (performance.now() - paused < 50) continue
    await setImmediate()
    signal.throwIfAborted()
    paused = performance.now()
  }
}

/** Counts the tokens of documents that are removed before the pipeline's own token_count step, so that verdicts tell what each rule costs. */
async function tokenCounter(plan: Plan): Promise<((doc: Doc) => number) | undefined> {
  if (!plan.tokens) return undefined
  const step = await loadStep(plan.tokens.step)
  return step.kind === 'filter' ? step.measure(plan.tokens.options) : undefined
}

/** Move what a task wrote to where it belongs. A kill between two renames is mended by the next run, which writes the same bytes. */
function publish(state: TaskState): FileWritten[] {
  const { dir, index, pass, work } = state
  const final = finalFolder(state)
  const outputs: FileWritten[] = []
  // An earlier result of this task is one no longer once its first file is replaced.
  removeEntry(dir, state.pass.name, index)
  const place = (name: string, path: string): void => {
    const from = join(work, name)
    const rows = state.rows.get(name)
    outputs.push({ path, bytes: statSync(from).size, sha256: hashFile(from), ...(rows === undefined ? {} : { rows }) })
  }
  if (pass.kind === 'job' || !pass.last) {
    for (const name of readdirSync(work).sort()) place(name, join('work', state.pass.name, shardName(index), name))
    syncFolder(work)
    rmSync(final, { recursive: true, force: true })
    renameSync(work, final)
    syncFolder(dirname(final))
    return outputs
  }
  for (const [name, { folder, extension }] of Object.entries(products)) {
    const path = join(folder, `${shardName(index)}.${extension}`)
    const target = join(dir, path)
    if (!existsSync(join(work, name))) {
      rmSync(target, { force: true })
      continue
    }
    place(name, path)
    mkdirSync(dirname(target), { recursive: true })
    renameSync(join(work, name), target)
    syncFolder(dirname(target))
  }
  return outputs
}
