import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Doc } from '../core/doc.ts'
import type { DataError, ErrorEntry, Location } from '../core/errors.ts'
import { unit } from '../core/hash.ts'
import { Metrics } from '../core/metrics.ts'
import type { Docs, Task } from '../core/task.ts'
import type { Unedited, Verdict } from '../core/verdict.ts'
import type { VerdictRecord } from '../core/verdict_record.ts'
import { FileWriter } from '../formats/file_writer.ts'
import { checkDigest, type FileRead, internalDigest } from './ledger.ts'
import type { Plan, PlannedStep, ShardPass } from './plan.ts'
import { inputName, shardName } from './plan.ts'
import { recordOf } from './records.ts'
import { RowOrder } from './row_order.ts'
import type { SharedViews } from './shared_views.ts'
import type { Sink } from './sink.ts'
import { readSpool } from './spool.ts'
import type { TaskRequest } from './task_request.ts'
import { Timings } from './timings.ts'

export const provenanceOf = (plan: Plan): Record<string, string> => ({
  'decant.version': plan.decant,
  'decant.pipeline': plan.name,
  'decant.hash': plan.hash,
})

function tokensOf(plan: Plan, doc: Doc): number | null {
  const last = plan.passes.at(-1) as ShardPass
  if (plan.tokens) {
    const value = doc.verdict.values[last.columns.indexOf(plan.tokens.label)]
    return value === undefined || Number.isNaN(value) ? null : value
  }
  const edits = plan.passes.some((pass) => pass.kind === 'shards' && pass.steps.some(({ edits }) => edits))
  const { token_count } = doc.metadata
  return !edits && Number.isSafeInteger(token_count) ? (token_count as number) : null
}

/** Everything one running task holds. Steps see it as a `Task`. */
export class TaskState {
  readonly plan: Plan
  readonly dir: string
  readonly index: number
  readonly pass: Plan['passes'][number]
  readonly metrics = new Metrics()
  readonly reads: FileRead[] = []
  readonly rows = new Map<string, number>()
  readonly errors: ErrorEntry[] = []
  readonly timings: Timings | undefined
  documents = 0
  #limit: number
  #progress: Float64Array | undefined
  #sink: RowOrder | undefined
  #output: Sink | undefined
  #countTokens: ((doc: Doc) => number) | undefined
  #errorFile: FileWriter | undefined

  constructor(
    request: TaskRequest,
    readonly work: string,
  ) {
    this.plan = request.plan
    this.dir = request.dir
    this.index = request.index
    this.pass = request.plan.passes[request.pass]!
    this.timings = request.timings ? new Timings() : undefined
    this.#limit = request.limit ?? Number.POSITIVE_INFINITY
    this.#progress = request.progress
  }

  openSink(sink: Sink, countTokens: ((doc: Doc) => number) | undefined): void {
    this.#output = sink
    this.#sink = new RowOrder(sink)
    this.#countTokens = countTokens
    this.#errorFile = new FileWriter(this.output('errors.jsonl'), 1 << 14)
    const { pass } = this
    if (pass.kind !== 'shards' || pass.from === null) return
    const [earlier] = this.#inputsOf(pass.from, 'errors.jsonl', this.index)
    if (earlier) this.#errorFile.write(readFileSync(earlier.path))
  }

  closeErrors(): void {
    this.#errorFile!.close()
  }

  writeErrors(lines: Uint8Array): void {
    this.#errorFile!.write(lines)
  }

  /** A document begins that an earlier pass, or run, has counted. */
  beginRecorded(): void {
    this.#sink!.begin()
    this.documents++
    this.progress(1, 1)
  }

  /** A document that an earlier pass, or run, has decided on. */
  passRecord(record: VerdictRecord): void {
    this.#sink!.pass(record)
  }

  get sink(): Sink {
    return this.#output!
  }

  /** Throw away what has been written so far. */
  discard(): void {
    this.#output?.discard()
    this.#errorFile?.discard()
  }

  /** Whether an earlier shard has used up the run's limit, so that this one need not be read. */
  get isIdle(): boolean {
    return this.#limit === 0
  }

  output(name: string): string {
    return join(this.work, name)
  }

  wrote(name: string, rows: number): void {
    this.rows.set(name, rows)
  }

  progress(slot: 0 | 1 | 2, value: number): void {
    const progress = this.#progress
    if (!progress) return
    if (slot === 0) progress[0] = value
    else progress[slot] = progress[slot]! + value
  }

  /** The documents that an earlier pass left alive; what it settled goes straight to the sink. */
  spooled(pass: ShardPass): Docs {
    const [spool] = this.#inputsOf(pass.from!, 'spool.jsonl', this.index)
    if (!spool) throw new Error(`pass ${pass.name} has no spool of shard ${this.index}`)
    return readSpool(spool.path, pass.columns.length, {
      record: (record) => this.passRecord(record),
      begin: () => this.beginRecorded(),
      advance: (bytes) => this.progress(0, bytes),
    })
  }

  /** A document breaks a rule: it leaves, unless everything is to be measured on it. */
  refuse(doc: Doc, reason: string): Doc | null {
    const verdict = doc.verdict
    verdict.reason ??= reason
    if (verdict.full) return doc
    this.#settle(doc)
    return null
  }

  /** Before the writer: documents that were only kept to be measured leave; in a measured run they stay. */
  async *survivors(docs: Docs): Docs {
    const { measure } = this.plan.options
    for await (const doc of docs) {
      if (doc.verdict.reason === null || measure) yield doc
      else this.#settle(doc)
    }
  }

  /** Hand documents that reach the end of the pass to its sink. */
  async *order(docs: Docs): Docs {
    for await (const doc of docs) {
      this.#sink!.doc(doc)
      yield doc
    }
  }

  /** What a step may see and say. */
  for(step: PlannedStep, pass: string, views?: SharedViews): Task {
    const state = this
    const { plan, index, metrics } = this
    const path = this.pass.kind === 'shards' && this.pass.from === null ? plan.inputs[index] : undefined
    return {
      index,
      metrics,
      input: path === undefined ? undefined : { path, name: inputName(plan.inputs, index), bytes: statSync(path).size },
      get documents() {
        return state.documents
      },
      full: () => state.documents >= state.#limit,
      shared: (name, compute) => (views ? views.of(name, compute) : compute),
      advance: (bytes) => state.progress(0, bytes),
      begin: (bytes, id) => state.#begin(bytes, id),
      skip: (kind, bytes) => state.#count(`skipped:${kind}`, bytes),
      passOver: (kind) => metrics.add(`other:${kind}:records`),
      reject: (doc, why) => {
        const reason = `${step.label}.${why}`
        doc.verdict.reason ??= reason
        state.#settle(doc, reason)
      },
      quarantine: (error, where = {}, doc) => state.#quarantine(error, where, doc),
      tokens: (doc) => tokensOf(plan, doc),
      carriesMetadata: plan.carries_metadata,
      provenance: provenanceOf(plan),
      output: (name) => state.output(name),
      wrote: (name, rows) => state.wrote(name, rows),
      inputs: (from, name) => state.#inputsOf(passNamed(plan, step, pass, from), name),
      own: (from, name) => state.#inputsOf(passNamed(plan, step, pass, from), name, index)[0]?.path,
    }
  }

  #begin(bytes: number, id: string | undefined): Verdict {
    const row = this.documents++
    const { measure, audit } = this.plan.options
    const full = measure || (audit > 0 && unit('audit', id ?? `${inputName(this.plan.inputs, this.index)}/${row}`) < audit)
    this.#count('read', bytes)
    this.progress(1, 1)
    this.#sink!.begin()
    const columns = this.pass.kind === 'shards' ? this.pass.columns.length : 0
    return { row, bytes, reason: null, values: new Float64Array(columns).fill(Number.NaN), full }
  }

  #count(name: string, bytes: number, records = 1): void {
    this.metrics.add(`${name}:records`, records)
    this.metrics.add(`${name}:bytes`, bytes)
  }

  #settle(doc: Doc, rejected?: string): void {
    const tokens = this.#countTokens && doc.text !== '' ? this.#countTokens(doc) : null
    this.#sink!.leave(recordOf(doc, { tokens, keepText: this.plan.options.keep_removed, rejected }))
  }

  /** In measured runs: how long the text was before it was edited, if it was. */
  uneditedOf(doc: Doc): Unedited | undefined {
    const { uneditedText, unedited } = doc.verdict
    if (unedited || !this.plan.options.measure || uneditedText === undefined || uneditedText === doc.text) return unedited
    const tokens = this.#countTokens ? this.#countTokens(doc.withText(uneditedText)) : null
    return { bytes: Buffer.byteLength(uneditedText), tokens }
  }

  #quarantine(error: DataError, where: Partial<Location>, doc: Doc | undefined): void {
    const file = this.plan.inputs[this.index]!
    const verdict = doc?.verdict
    const bytes = verdict ? verdict.bytes : where.start !== undefined && where.end !== undefined ? where.end - where.start : 0
    // A document was counted as read when it began; damage is a record that was met but could not be read.
    this.#count(`errors:${error.kind}`, bytes, where.rows)
    if (verdict) this.#sink!.lost()
    else this.#count('damaged', bytes, where.rows)
    const entry: ErrorEntry = {
      kind: error.kind,
      file,
      ...where,
      ...(verdict ? { row: verdict.row } : {}),
      ...(doc ? { id: doc.id, url: doc.url } : {}),
      message: error.message,
    }
    this.#errorFile!.writeText(`${JSON.stringify(entry)}\n`)
    if (this.errors.length < 20) this.errors.push(entry)
  }

  /** Files that tasks of an earlier pass wrote, recorded as read: if one changes, this task must run again. */
  #inputsOf(pass: string, name: string, only?: number): { index: number; path: string }[] {
    const source = this.plan.passes.find((candidate) => candidate.name === pass)!
    const tasks = source.kind === 'job' ? source.tasks : this.plan.inputs.length
    const found: { index: number; path: string }[] = []
    for (let i = only ?? 0; i < (only === undefined ? tasks : only + 1); i++) {
      const path = join('work', pass, shardName(i), name)
      const sha256 = internalDigest(this.dir, path)
      this.reads.push({ path, sha256 })
      if (sha256 === '') continue
      checkDigest(join(this.dir, path), sha256)
      found.push({ index: i, path: join(this.dir, path) })
    }
    return found
  }
}

/** The pass that a barrier's part or job ran in, seen from another part of the same barrier. */
function passNamed(plan: Plan, step: PlannedStep, pass: string, from: string): string {
  const at = plan.passes.findIndex(({ name }) => name === pass)
  for (let i = at; i >= 0; i--) {
    const candidate = plan.passes[i]!
    if (
      from === 'before' &&
      candidate.kind === 'shards' &&
      candidate.steps.some(({ label, part }) => label === step.label && part === 'before')
    )
      return candidate.name
    if (candidate.kind === 'job' && candidate.step.label === step.label && candidate.name.endsWith(`-${step.label}-${from}`))
      return candidate.name
  }
  throw new Error(`${step.label} has no part or job named ${from}`)
}
