import type { Options, Shape } from './options.ts'
import { type About, type Configured, configured, type OptionsOf } from './step.ts'
import type { Docs, Task } from './task.ts'

/** What the engine wants to know of a stage. */
interface StageTraits<O> {
  /** Which end of the pass it stands at: readers make documents, writers see only what is kept. */
  role?: 'reader' | 'writer'
  /** Set where it turns pages into text. */
  makes?: 'text'
  /** Whether it gives documents fields of their own, which are written to the `metadata` column. */
  carriesMetadata?(options: O): boolean
}

/** A step that sees one shard as a stream of documents, in order, and keeps that order. */
export interface Stage extends About, Configured, StageTraits<unknown> {
  kind: 'stage'
  run(docs: Docs, options: unknown, task: Task): Docs
}

/** Define a stage; the file's name is its step name. */
export function stage<S extends Shape = Record<never, never>>(
  definition: About & OptionsOf<S> & StageTraits<Options<S>> & { run(docs: Docs, options: Options<S>, task: Task): Docs },
): Stage {
  return { ...(definition as unknown as Stage), ...configured(definition), kind: 'stage' }
}
