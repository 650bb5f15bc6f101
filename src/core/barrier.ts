import type { Doc } from './doc.ts'
import type { Measured } from './filter.ts'
import type { Options, Shape } from './options.ts'
import { type About, type Configured, configured, type MaybeAsync, type OptionsOf } from './step.ts'
import type { Task } from './task.ts'
import type { Duplicate } from './verdict.ts'

/** What `before` does with each document that no earlier rule has removed. */
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

/** A part of a barrier that runs on side files alone, once every shard has been seen. */
export interface Job<O = unknown> {
  name: string
  /** How many tasks it is split into. */
  tasks(options: O, shards: number): number
  run(options: O, task: Task, shards: number): MaybeAsync<void>
}

/** What a barrier does, and what the engine wants to know of it. */
interface BarrierParts<O> {
  /** Whether `after` may change texts. */
  edits?: boolean
  /** What it finds, if that is more than what to remove: clusters of documents that are alike. */
  finds?: 'clusters'
  /** What it keeps, for tables: "one of each cluster". */
  keeps(options: O): string
  /** One line on what the options lead to, for `decant plan`. */
  forecast?(options: O): string
  /** `measured` gives what an earlier filter has measured, by its label. */
  before(options: O, task: Task, measured: Measured): MaybeAsync<Before>
  jobs: Job<O>[]
  after(options: O, task: Task): MaybeAsync<After>
}

/**
 * A step that must see every shard: `before` ends one pass by writing side files next to the spooled documents, `jobs` run alone
 * on those, `after` begins the next pass and applies what they decided. Documents reach both in the same order.
 */
export interface Barrier extends About, Configured, BarrierParts<unknown> {
  kind: 'barrier'
}

/** Define a barrier; the file's name is its step name. */
export function barrier<S extends Shape = Record<never, never>>(definition: About & OptionsOf<S> & BarrierParts<Options<S>>): Barrier {
  return { ...(definition as unknown as Barrier), ...configured(definition), kind: 'barrier' }
}
