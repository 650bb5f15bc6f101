import { z } from 'zod'
import type { Doc } from './doc.ts'
import type { DataError, Location } from './errors.ts'
import type { Measured } from './filter.ts'
import type { Metrics } from './metrics.ts'
import type { Options, Shape } from './options.ts'
import type { Duplicate } from './verdict.ts'

export type Docs = AsyncIterable<Doc>

/** What a running task may see and say. */
export interface Task {
  /** Number of this task in its pass; for a pass over shards, the shard. */
  readonly index: number
  readonly metrics: Metrics
  /** The input file of this shard, as the user named it. */
  readonly input: { path: string; bytes: number } | undefined
  /** Documents begun so far. */
  readonly documents: number
  /** Whether as many documents as wanted have been read (`--limit`). */
  full(): boolean
  /**
   * `compute` as a view of documents, or the one that an equal step of a pipeline in the same reading has given the same name; the name says
   * what the step is and all its options.
   */
  shared<T>(name: string, compute: (doc: Doc) => T): (doc: Doc) => T
  /** Bytes of the input behind the reader, for progress. */
  advance(bytes: number): void
  /** Begin the verdict of a document just read. `bytes` as in `Verdict`; without an id, FILE/ROW stands for it. */
  begin(bytes: number, id?: string): NonNullable<Doc['verdict']>
  /** A record that was read but holds no document (a PDF, an image): counted under `kind`. */
  skip(kind: string, bytes: number): void
  /** A record of a type that never holds one (a request): counted apart. */
  passOver(kind: string): void
  /** Remove a document for a reason that no bound expresses; the caller does not yield it. */
  reject(doc: Doc, reason: string): void
  /** Count and record what could not be used. With a document, that document leaves the stream. */
  quarantine(error: DataError, where?: Partial<Location>, doc?: Doc): void
  /**
   * Tokens of the document as the pipeline counts them; without a step that counts, what the input said, unless an editor has changed texts
   * since. Null when nobody knows.
   */
  tokens(doc: Doc): number | null
  /** Whether inputs may carry fields of their own (JSON Lines, Parquet, Arrow), to be written as `metadata`. */
  readonly carriesMetadata: boolean
  /** What is known about the run, for the metadata of files. */
  readonly provenance: Record<string, string>
  /** A path in this task's folder; it appears whole, when the task is done. */
  output(name: string): string
  /** Say how many rows a file written to `output(name)` has. */
  wrote(name: string, rows: number): void
  /** Paths of `name` as written by every task of the `before` part or of a job, in task order; absent files are left out. */
  inputs(from: string, name: string): { index: number; path: string }[]
  /** The path of `name` as the task of the same number wrote it, if it did. */
  own(from: string, name: string): string | undefined
}

interface About {
  summary: string
  /** Where the behaviour comes from, when it has a source. */
  source?: string
}

/** A step that sees one shard as a stream of documents, in order, and keeps that order. */
export interface Stage extends About {
  kind: 'stage'
  schema: z.ZodObject
  /** Which end of the pass it stands at: readers make documents, writers see only what is kept. */
  role?: 'reader' | 'writer'
  run(docs: Docs, options: unknown, task: Task): Docs
}

export interface Job {
  name: string
  tasks(options: unknown, shards: number): number
  run(options: unknown, task: Task, shards: number): Promise<void> | void
}

/** What `before` and `after` of a barrier do with each document that no earlier rule has removed. */
export interface Before {
  see(doc: Doc): void
  end(): void
}
/** Why a barrier removes a document: the reason without the step's name, and, when it is a copy, of what. */
export interface Removal {
  reason: string
  duplicate?: Duplicate
}
/** The document to go on with, or why it is removed. */
export type After = (doc: Doc) => Doc | Removal

/**
 * A step that must see every shard: `before` ends one pass by writing side files next to the spooled documents, `jobs` run alone
 * on those, `after` begins the next pass and applies what they decided. Documents reach both in the same order.
 */
export interface Barrier extends About {
  kind: 'barrier'
  schema: z.ZodObject
  /** Whether `after` may change texts. */
  edits: boolean
  /** `measured` gives what an earlier filter has measured, by its label. */
  before(options: unknown, task: Task, measured: Measured): Before | Promise<Before>
  jobs: Job[]
  after(options: unknown, task: Task): After | Promise<After>
}

export function stage<S extends Shape = Record<never, never>>(
  definition: About & { role?: Stage['role']; options?: S; run(docs: Docs, options: Options<S>, task: Task): Docs },
): Stage {
  const { options, run, role, ...about } = definition
  return { kind: 'stage', ...about, ...(role ? { role } : {}), schema: z.strictObject({ ...options }), run: run as Stage['run'] }
}

export function barrier<S extends Shape = Record<never, never>>(
  definition: About & {
    edits?: boolean
    options?: S
    before(options: Options<S>, task: Task, measured: Measured): Before | Promise<Before>
    jobs: {
      name: string
      tasks(options: Options<S>, shards: number): number
      run(options: Options<S>, task: Task, shards: number): Promise<void> | void
    }[]
    after(options: Options<S>, task: Task): After | Promise<After>
  },
): Barrier {
  const { options, before, jobs, after, edits = false, ...about } = definition
  return {
    kind: 'barrier',
    ...about,
    edits,
    schema: z.strictObject({ ...options }),
    before: before as Barrier['before'],
    jobs: jobs as Job[],
    after: after as Barrier['after'],
  }
}
