import type { Doc } from './doc.ts'
import type { DataError, Location } from './errors.ts'
import type { Metrics } from './metrics.ts'

export type Docs = AsyncIterable<Doc>

/** A split of an input file: the records that begin in [start, end). */
export interface TaskInput {
  /** Where the file is. */
  file: string
  /** The file as the user named it. */
  path: string
  /** What it is called wherever its folder lies: its path below the folder that all inputs are in. */
  name: string
  start: number
  end: number
  /** Size of the file. */
  size: number
  /** Of a file in a store: what changes when its content does; '' where nobody says. */
  tag?: string
  /** Where the first record really begins (null: none does in this split), and what holds there: set once the split before has been read. */
  begins?: { at: number | null; carry: string | null }
}

/** Where a reader's split meets its neighbours. Positions are those of whatever can be found on its own: a record, or a member that opens with one. */
export interface Seam {
  /** The first position in the split; null where there is none. */
  first: number | null
  /** The first position behind the split, as found by reading on. */
  next: number
  /** What it took to hold at its beginning (the dump that the last warcinfo named), and what holds behind it, if anything in it said so. */
  before: string | null
  after?: string | null
}

/** What a reader of inputs may see and say. */
export interface ReadingTask {
  /** What a task of the first pass reads. */
  readonly input: TaskInput | undefined
  /** Documents begun so far. */
  readonly documents: number
  /** Whether as many documents as wanted have been read (`--limit`). */
  full(): boolean
  /** Bytes of the input behind the reader, for progress. */
  advance(bytes: number): void
  /** Begin the verdict of a document just read. `bytes` as in `Verdict`. */
  begin(bytes: number, id: string): Doc['verdict']
  /** A record that was read but holds no document (a PDF, an image): counted under `kind`. */
  skip(kind: string, bytes: number): void
  /** A record of a type that never holds one (a request): counted apart. */
  passOver(kind: string): void
  /** Remove a document for a reason that no bound expresses, given without the step's name; the caller does not yield it. */
  reject(doc: Doc, reason: string): void
  /** Count and record what could not be used. With a document, that document leaves the stream. */
  quarantine(error: DataError, where?: Partial<Location>, doc?: Doc): void
  /** Say the SHA-256 of the bytes of this split. */
  hashed(sha256: string): void
  /** Say where this split met its neighbours. */
  seam(seam: Seam): void
}

/** What a running task may see and say. */
export interface Task extends ReadingTask {
  /** Number of this task in its pass; for a pass over shards, the shard. */
  readonly index: number
  readonly metrics: Metrics
  /**
   * `compute` as a view of documents, or the one that an equal step of a pipeline in the same reading has given the same name; the name says
   * what the step is and all its options.
   */
  shared<T>(name: string, compute: (doc: Doc) => T): (doc: Doc) => T
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
  /**
   * Paths of `name` as written by every task of the `before` part or of a job, in task order; absent files are left out. Such files carry
   * checksums of their own, which their readers check: no task hashes what others read as well.
   */
  inputs(from: string, name: string): { index: number; path: string }[]
  /** The path of `name` as the task of the same number wrote it, if it did. */
  own(from: string, name: string): string | undefined
  /** This task's part of `name` as each task of a job wrote it with `writeParts`, a part for each shard, in task order; empty ones are left out. */
  dealt(from: string, name: string): Uint8Array[]
}
