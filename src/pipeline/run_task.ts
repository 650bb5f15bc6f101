import { readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import type { Doc } from '../core/doc.ts'
import { UserError } from '../core/errors.ts'
import { fileFormats } from '../core/file_format.ts'
import type { Docs, TaskInput } from '../core/task.ts'
import { isUrl } from '../storage/url.ts'
import { hashFile, hashInput } from './hash_file.ts'
import { beginAttempt, commit, type FileWritten, type LedgerEntry, resultFolder, stateOf } from './ledger.ts'
import { createOutputs } from './outputs.ts'
import { productPath, products } from './pass_results.ts'
import type { JobPass, Plan, ShardPass } from './plan.ts'
import { runRecorded } from './recorded.ts'
import { loadStep } from './registry.ts'
import { applyRules, type CompiledRule, compileRule } from './rules.ts'
import { planOf } from './run_folder.ts'
import { readSealedEntry } from './seal.ts'
import { allOrFirstError, readerOf } from './shared_reading.ts'
import { SharedViews } from './shared_views.ts'
import { spoolFile, spoolTo } from './spool.ts'
import type { Recording, TaskRequest } from './task_request.ts'
import { provenanceOf, TaskState } from './task_state.ts'

/** What ends a task early, by throwing: an AbortSignal, or what stands for one in another thread. */
export type Stop = Pick<AbortSignal, 'throwIfAborted'>

/**
 * Run one task of one pass: the only unit of work. Every executor calls this and nothing else. It may be run any number of times, anywhere, by
 * several at once: what it writes goes to a folder of its own, and the first attempt that is complete becomes the result, by one rename. Returns
 * the entry that counts. `signal` ends it early, with its reason as the error.
 */
export async function runTask(request: TaskRequest, signal?: Stop): Promise<LedgerEntry> {
  return (await runTasks([request], signal))[0]!
}

/**
 * Run tasks of several runs that read the same input in one reading: each gives what it gives alone. What equal steps make of equal
 * documents is made once. More than one task at a time only for first passes whose plans begin with the same reader.
 */
export async function runTasks(requests: readonly TaskRequest[], signal?: Stop): Promise<LedgerEntry[]> {
  signal?.throwIfAborted()
  const started = performance.now()
  const states = requests.map(openState)
  try {
    const { pass } = states[0]!
    const { record } = requests[0]!
    if (pass.kind === 'job') await runJob(pass, states[0]!)
    else await runShard(states, signal, record)
    return states.map((state, i) => {
      const { limit } = requests[i]!
      const { dir, plan, pass, index, work } = state
      const entry: LedgerEntry = {
        format: fileFormats.ledger,
        ...{ pass: pass.name, index, key: pass.key },
        reads: state.reads,
        outputs: outputsOf(state),
        counts: state.metrics.counts,
        errors: state.errors,
        ...(state.seam ? { seam: state.seam } : {}),
        seconds: (performance.now() - started) / 1000,
        ...(limit === undefined ? {} : { limit }),
        ...(state.timings ? { timings: state.timings.seconds() } : {}),
      }
      const counts = commit(dir, pass, entry, work) ?? readSealedEntry(dir, plan, pass, index)
      checkSame(entry, counts)
      return counts
    })
  } finally {
    for (const { work } of states) rmSync(work, { recursive: true, force: true })
  }
}

function openState(request: TaskRequest): TaskState {
  const plan = planOf(request.dir)
  return new TaskState(request, plan, beginAttempt(request.dir, plan.passes[request.pass]!))
}

async function runJob(pass: JobPass, state: TaskState): Promise<void> {
  const step = await loadStep(pass.step.step)
  if (step.kind !== 'barrier') throw new Error(`${pass.step.step} is not a barrier`)
  await step.jobs[pass.job]!.run(pass.step.options, state.for(pass.step, pass.name), state.plan.inputs.splits)
}

async function runShard(states: readonly TaskState[], signal: Stop | undefined, record: Recording | undefined): Promise<void> {
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

async function runChains(states: readonly TaskState[], signal: Stop | undefined): Promise<void> {
  const views = states.length > 1 ? new SharedViews() : undefined
  const [first] = states as [TaskState]
  const { input } = first
  const state = input && stateOf(input)
  if (input) checkSize(input)
  const sources = await open(states)
  const streams: Docs[] = []
  for (const [i, state] of states.entries()) streams.push(state.order(await chain(state, sources[i]!, signal, views)))
  await allOrFirstError(
    states.map(async (state, i) => {
      for await (const _ of streams[i]!) state.progress(2, 1)
    }),
  )
  if (input && state !== undefined) readInput(states, input, state)
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
    : await spoolTo(state.output(spoolFile), (doc) => state.uneditedOf(doc))
  state.openSink(sink, await tokenCounter(plan))
}

/** Attempts at one task give one result, unless what they read has changed in between, or machines differ. */
function checkSame(mine: LedgerEntry, counts: LedgerEntry): void {
  const digestsOf = ({ reads, outputs }: LedgerEntry): string =>
    JSON.stringify([...reads, ...outputs].map(({ path, sha256 }) => [path, sha256]))
  if (mine === counts || digestsOf(mine) === digestsOf(counts)) return
  throw new Error(`task ${mine.index} of pass ${mine.pass}: another attempt gave another result; an input has changed, or machines differ`)
}

/** Where a file has another size, its splits are not those that were planned. */
function checkSize({ file, path, size }: TaskInput): void {
  if (isUrl(file)) return
  const now = statSync(file).size
  if (now !== size) throw new UserError(`${path}: has ${now} bytes, and had ${size} when the run was planned`, 'plan the run again')
}

function readInput(states: readonly TaskState[], input: TaskInput, stat: string): void {
  const { file, start, end } = input
  // A reader that was stopped early has not said it.
  const sha256 = states[0]!.sha256 ?? hashInput(file, { start, end })
  if (stateOf(input) !== stat) throw new Error(`${file} changed while it was read; run again`)
  for (const state of states) state.reads.push({ path: file, sha256, start, end, stat })
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
async function chain(state: TaskState, source: Docs, signal: Stop | undefined, views: SharedViews | undefined): Promise<Docs> {
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
async function* pausing(docs: Docs, signal: Stop): Docs {
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

/** What a task wrote, under the names that it will have. */
function outputsOf({ index, pass, work, rows }: TaskState): FileWritten[] {
  const isLast = pass.kind === 'shards' && pass.last
  const written = new Set(readdirSync(work))
  const names = isLast ? Object.keys(products).filter((name) => written.has(name)) : [...written].sort()
  return names.map((name) => {
    const [file, count] = [join(work, name), rows.get(name)]
    const path = isLast ? productPath(name, index) : join(resultFolder(pass, index), name)
    return { path, bytes: statSync(file).size, sha256: hashFile(file), ...(count === undefined ? {} : { rows: count }) }
  })
}
