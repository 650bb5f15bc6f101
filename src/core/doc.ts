import { unjudged, type Verdict } from './verdict.ts'

/** A web page as fetched, before extraction. */
export interface Page {
  /** The body, with transfer and content encodings undone. */
  body: Uint8Array
  /** The HTTP `Content-Type` header, or ''. */
  contentType: string
}

/**
 * What is known about a document beside its text. `date`, `dump`, `file_path`, `language` and `language_score`
 * are FineWeb's own columns; anything else was carried along from the input.
 */
export type Metadata = Record<string, unknown>

interface Fields {
  id: string
  text: string
  url?: string
  metadata?: Metadata
  page?: Page | undefined
  verdict?: Verdict
}

/** One web page. The text never changes: an edit makes a new Doc, with fresh views and the same verdict. */
export class Doc {
  readonly id: string
  readonly text: string
  readonly url: string
  readonly metadata: Metadata
  readonly page: Page | undefined
  /** What has been measured and decided so far; shared by all versions of the document. */
  readonly verdict: Verdict
  #views: Map<unknown, unknown> | undefined
  #editedFrom: Doc | undefined

  constructor({ id, text, url = '', metadata = {}, page, verdict = unjudged() }: Fields) {
    this.id = id
    this.text = text
    this.url = url
    this.metadata = metadata
    this.page = page
    this.verdict = verdict
  }

  /**
   * A value derived from this document, computed once and shared by every rule that asks for it.
   * `compute` must be one function object per view (a module constant, or memoized by its options), pure, and its result never changed.
   */
  view<T>(compute: (doc: Doc) => T): T {
    this.#views ??= new Map()
    const known = this.#views.get(compute)
    if (known !== undefined) return known as T
    const value = compute(this)
    this.#views.set(compute, value)
    return value
  }

  /** The value of a view if somebody has asked for it already: of this document, or of the nearest one that it was edited from. */
  known<T>(compute: (doc: Doc) => T): T | undefined {
    for (let doc: Doc | undefined = this; doc; doc = doc.#editedFrom) {
      const value = doc.#views?.get(compute)
      if (value !== undefined) return value as T
    }
    return undefined
  }

  /**
   * Another version of this document that a view makes, such as the extracted or edited one. Documents that share their views, because several
   * pipelines read them together, share the version as well, each with its own verdict.
   */
  derive(compute: (doc: Doc) => Doc): Doc {
    const made = this.view(compute)
    return made.verdict === this.verdict ? made : made.for(this.verdict)
  }

  /** The same document, views included, on the way through another pipeline. */
  for(verdict: Verdict): Doc {
    const doc = new Doc({ ...this.#fields(), verdict })
    this.#views ??= new Map()
    doc.#views = this.#views
    doc.#editedFrom = this.#editedFrom
    return doc
  }

  /** The same document with another text. */
  withText(text: string): Doc {
    if (text === this.text) return this
    const doc = new Doc({ ...this.#fields(), text })
    doc.#editedFrom = this
    return doc
  }

  /** The same document with more metadata. */
  withMetadata(more: Metadata): Doc {
    const doc = new Doc({ ...this.#fields(), metadata: { ...this.metadata, ...more } })
    // A copy: documents that share their views are equal but for their verdicts.
    if (this.#views) doc.#views = new Map(this.#views)
    doc.#editedFrom = this.#editedFrom
    return doc
  }

  /** The same document once its page has been turned into text; the page's bytes are let go. */
  extracted(text: string, more: Metadata = {}): Doc {
    return new Doc({ ...this.#fields(), text, metadata: { ...this.metadata, ...more }, page: undefined })
  }

  #fields(): Fields {
    const { id, text, url, metadata, page, verdict } = this
    return { id, text, url, metadata, page, verdict }
  }
}
