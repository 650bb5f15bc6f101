import { readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Doc } from '../core/doc.ts'
import type { DataError, ErrorEntry, Location } from '../core/errors.ts'
import { unit } from '../core/hash.ts'
import { Metrics } from '../core/metrics.ts'
import type { Docs, Seam, Task, TaskInput } from '../core/task.ts'
import type { Unedited, Verdict } from '../core/verdict.ts'
import type { VerdictRecord } from '../core/verdict_record.ts'
import { FileWriter } from '../formats/file_writer.ts'
import { readHead, readParts } from '../formats/part_file.ts'
import { mirrorOf } from '../storage/mirror.ts'
import { checkDigest, type FileRead, passFolder, resultFolder } from './ledger.ts'
import { partDigest } from './pass_results.ts'
import { type Pass, type Plan, type PlannedStep, passNamed, type ShardPass, tasksOf } from './plan.ts'
import { recordOf } from './records.ts'
import { RowOrder } from './row_order.ts'
import { isSealed, readSealedEntry, readSummary, type SealSummary } from './seal.ts'
import type { SharedViews } from './shared_views.ts'
import type { Sink } from './sink.ts'
import { readSplit } from './splits.ts'
import { readSpool, spoolFile } from './spool.ts'
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
  readonly dir: string
  readonly index: number
  readonly pass: Plan['passes'][number]
  readonly metrics = new Metrics()
  readonly reads: FileRead[] = []
  readonly rows = new Map<string, number>()
  readonly errors: ErrorEntry[] = []
  /** What a task of the first pass reads, unless there is nothing left to read. */
  readonly input: TaskInput | undefined
  seam: Seam | undefined
  /** Of the input. */
  sha256: string | undefined
  readonly timings: Timings | undefined
  documents = 0
  readonly #split: TaskInput | undefined
  #limit: number
  #progress: Float64Array | undefined
  #sink: RowOrder | undefined
  #output: Sink | undefined
  #countTokens: ((doc: Doc) => number) | undefined
  #errorFile: FileWriter | undefined

  constructor(
    request: TaskRequest,
    readonly plan: Plan,
    readonly work: string,
  ) {
    this.dir = request.dir
    this.index = request.index
    this.pass = plan.passes[request.pass]!
    this.timings = request.timings ? new Timings() : undefined
    this.#limit = request.limit ?? Number.POSITIVE_INFINITY
    this.#progress = request.progress
    const reads = this.pass.kind === 'shards' && this.pass.from === null
    this.#split = reads ? readSplit(this.dir, plan, this.index) : undefined
    this.input = this.isIdle ? undefined : this.#split
  }

  openSink(sink: Sink, countTokens: ((doc: Doc) => number) | undefined): void {
    this.#output = sink
    this.#sink = new RowOrder(sink)
    this.#countTokens = countTokens
    this.#errorFile = new FileWriter(this.output('errors.jsonl'), 1 << 14)
    const { pass, plan } = this
    if (pass.kind !== 'shards' || pass.from === null) return
    const earlier = this.#ownOf(passNamed(plan, pass.from), 'errors.jsonl')
    if (earlier !== undefined) this.#errorFile.write(readFileSync(earlier))
  }

  closeErrors(): void {
    this.#errorFile!.close()
    const path = this.output('errors.jsonl')
    // Between passes, most shards have none.
    if (this.pass.kind === 'shards' && !this.pass.last && statSync(path).size === 0) rmSync(path)
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
    const spool = this.#ownOf(passNamed(this.plan, pass.from!), spoolFile)
    if (spool === undefined) throw new Error(`pass ${pass.name} has no spool of shard ${this.index}`)
    return readSpool(spool, pass.columns.length, {
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
    return {
      index,
      metrics,
      input: this.#split,
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
      hashed(sha256) {
        state.sha256 = sha256
      },
      seam(seam) {
        state.seam = seam
      },
      inputs: (from, name) => state.#inputsOf(partNamed(plan, step, pass, from), name),
      own: (from, name) => state.#ownOf(partNamed(plan, step, pass, from), name),
      dealt: (from, name) => state.#dealtBy(partNamed(plan, step, pass, from), name),
    }
  }

  #begin(bytes: number, id: string): Verdict {
    const row = this.documents++
    const { measure, audit } = this.plan.options
    const full = measure || (audit > 0 && unit('audit', id) < audit)
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
    const file = this.#split?.path ?? this.#named()
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

  /** What all tasks of an earlier pass wrote as `name`. All of it is recorded as read: if any changes, this task must run again. */
  #inputsOf(pass: Pass, name: string): { index: number; path: string }[] {
    const { digest = '', absent = [] } = this.#summaryOf(pass).files[name] ?? {}
    this.reads.push({ path: join(passFolder(pass), '*', name), sha256: digest })
    if (digest === '') return []
    const missing = new Set(absent)
    const written = Array.from({ length: tasksOf(this.plan, pass) }, (_, index) => ({ index, path: join(resultFolder(pass, index), name) }))
    const there = written.filter(({ index }) => !missing.has(index))
    mirrorOf(this.dir)?.fetch(...there.map(({ path }) => path))
    return there.map(({ index, path }) => ({ index, path: join(this.dir, path) }))
  }

  /** What the task of the same number wrote in an earlier pass, checked against its digest. */
  #ownOf(pass: Pass, name: string): string | undefined {
    needSeal(this.dir, pass)
    const path = join(resultFolder(pass, this.index), name)
    const sha256 = readSealedEntry(this.dir, this.plan, pass, this.index).outputs.find((output) => output.path === path)?.sha256 ?? ''
    this.reads.push({ path, sha256 })
    if (sha256 === '') return undefined
    mirrorOf(this.dir)?.fetch(path)
    checkDigest(join(this.dir, path), sha256)
    return join(this.dir, path)
  }

  /** What each task of a job wrote for this one. */
  #dealtBy(pass: Pass, name: string): Uint8Array[] {
    const { splits } = this.plan.inputs
    const paths = this.#inputsOfJob(pass, name)
    mirrorOf(this.dir)?.fetch(...paths)
    return paths.flatMap((path) => {
      const file = join(this.dir, path)
      this.reads.push({ path: `${path}#${this.index}`, sha256: partDigest(readHead(file, splits), this.index) ?? '' })
      const part = readParts(file, splits, { from: this.index, to: this.index + 1 })
      return part.length > 0 ? [part] : []
    })
  }

  #inputsOfJob(pass: Pass, name: string): string[] {
    needSeal(this.dir, pass)
    return Array.from({ length: tasksOf(this.plan, pass) }, (_, index) => join(resultFolder(pass, index), name))
  }

  #summaryOf(pass: Pass): SealSummary {
    needSeal(this.dir, pass)
    return readSummary(this.dir, this.plan, pass)
  }

  /** In later passes: the input that the task's documents came from. */
  #named(): string {
    return readSplit(this.dir, this.plan, this.index).path
  }
}

/** Throw an error with the code ENOSEAL where a pass that is to be read is not complete. */
function needSeal(dir: string, pass: Pass): void {
  if (!isSealed(dir, pass)) throw Object.assign(new Error(`pass ${pass.name} is not complete yet`), { code: 'ENOSEAL' })
}

/** The pass that a barrier's part or job ran in, seen from another part of the same barrier. */
function partNamed(plan: Plan, step: PlannedStep, pass: string, from: string): Pass {
  const at = plan.passes.findIndex(({ name }) => name === pass)
  for (let i = at; i >= 0; i--) {
    const candidate = plan.passes[i]!
    if (
      from === 'before' &&
      candidate.kind === 'shards' &&
      candidate.steps.some(({ label, part }) => label === step.label && part === 'before')
    )
      return candidate
    if (candidate.kind === 'job' && candidate.step.label === step.label && candidate.name.endsWith(`-${step.label}-${from}`))
      return candidate
  }
  throw new Error(`${step.label} has no part or job named ${from}`)
}
