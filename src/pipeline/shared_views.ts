import type { Doc } from '../core/doc.ts'

/** Views by name, so that equal steps of pipelines that run together look at one result. */
export class SharedViews {
  readonly #views = new Map<string, (doc: Doc) => unknown>()

  of<T>(name: string, compute: (doc: Doc) => T): (doc: Doc) => T {
    const known = this.#views.get(name)
    if (known) return known as (doc: Doc) => T
    this.#views.set(name, compute)
    return compute
  }
}
