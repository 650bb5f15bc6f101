import type { Doc } from './doc.ts'
import type { Options, Shape } from './options.ts'
import { type About, type Configured, configured, type MaybeAsync, type OptionsOf } from './step.ts'

export interface EditorExample {
  text: string
  becomes: string
  options?: object
}

/** A rewrite of each document's text. It never drops. */
export interface Editor extends About, Configured {
  kind: 'editor'
  source: string
  /** Called once per task with checked options; the function it returns runs on every document and must be pure. */
  edit(options: unknown): MaybeAsync<(doc: Doc) => string>
  examples: EditorExample[]
}

/** Define an editor; the file's name is its step name. */
export function editor<S extends Shape = Record<never, never>>(
  definition: About &
    OptionsOf<S> & {
      source: string
      edit(options: Options<S>): MaybeAsync<(doc: Doc) => string>
      examples: EditorExample[]
    },
): Editor {
  return { kind: 'editor', ...definition, ...configured(definition), edit: definition.edit as Editor['edit'] }
}
