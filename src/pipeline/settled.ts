import type { Doc } from '../core/doc.ts'
import type { Duplicate, Unedited, Verdict } from '../core/verdict.ts'

/** A document whose fate is decided: what its verdict row needs, and its text where removed texts are kept. */
export interface Settled {
  row: number
  id: string
  url: string
  reason: string | null
  /** Payload bytes as read, and bytes of the text (UTF-8) when the verdict fell; null where a stage found none, so that `data/` has no such row. */
  bytes: number
  text_bytes: number | null
  /** Tokens of that text; null when nothing counted them. */
  tokens: number | null
  dump: string | null
  language: string | null
  values: (number | null)[]
  /** In measured runs, of texts that editors have changed: how long they were before. */
  unedited?: Unedited
  /** Why a stage has removed it, whatever rule it broke before. */
  rejected?: string
  duplicate?: Duplicate
  removed?: { text: string; metadata: Record<string, unknown> }
}

export function settle(
  doc: Doc,
  verdict: Verdict,
  {
    tokens,
    keepText,
    rejected,
    unedited,
  }: { tokens: number | null; keepText: boolean; rejected?: string | undefined; unedited?: Unedited | undefined },
): Settled {
  const text = (value: unknown): string | null => (typeof value === 'string' ? value : null)
  return {
    row: verdict.row,
    id: doc.id,
    url: doc.url,
    reason: verdict.reason,
    bytes: verdict.bytes,
    text_bytes: rejected === undefined ? Buffer.byteLength(doc.text) : null,
    tokens,
    dump: text(doc.metadata['dump']),
    language: text(doc.metadata['language']),
    values: valuesToJson(verdict.values),
    ...(rejected === undefined ? {} : { rejected }),
    ...(unedited ? { unedited } : {}),
    ...(verdict.duplicate ? { duplicate: verdict.duplicate } : {}),
    ...(keepText ? { removed: { text: doc.text, metadata: doc.metadata } } : {}),
  }
}

/** NaN stands for "not measured", which JSON writes as null. */
export const valuesToJson = (values: Float64Array): (number | null)[] => Array.from(values, (v) => (Number.isNaN(v) ? null : v))

export function valuesFromJson(values: readonly (number | null)[], length: number): Float64Array {
  const result = new Float64Array(length).fill(Number.NaN)
  values.forEach((value, i) => {
    if (value !== null) result[i] = value
  })
  return result
}

/** Where a pass puts its documents: into a spool for the next pass, or into the run's outputs. */
export interface Sink {
  /** A document that goes on. */
  doc(doc: Doc): void
  settled(entry: Settled): void
  /** Finish all files. Returns rows by file name where files have rows. */
  close(): Promise<Record<string, number>>
  discard(): void
}

/** Puts documents and settled entries back into reading order, whatever stages hold back, and hands them on as soon as order allows. */
export class RowOrder {
  #waiting: Settled[] = []
  #inFlight = 0

  constructor(private readonly sink: Sink) {}

  begin(): void {
    this.#inFlight++
  }

  /** A document has left the stream. */
  settled(entry: Settled): void {
    this.#inFlight--
    this.pass(entry)
  }

  /** An entry that an earlier pass settled. */
  pass(entry: Settled): void {
    if (this.#inFlight === 0 && this.#waiting.length === 0) {
      this.sink.settled(entry)
      return
    }
    let at = this.#waiting.length
    while (at > 0 && this.#waiting[at - 1]!.row > entry.row) at--
    this.#waiting.splice(at, 0, entry)
    if (this.#inFlight === 0) this.release(Infinity)
  }

  doc(doc: Doc): void {
    this.release(doc.verdict!.row)
    this.sink.doc(doc)
    if (--this.#inFlight === 0) this.release(Infinity)
  }

  /** A document that left without a verdict (an error). */
  lost(): void {
    if (--this.#inFlight === 0) this.release(Infinity)
  }

  release(before: number): void {
    let n = 0
    while (n < this.#waiting.length && this.#waiting[n]!.row < before) this.sink.settled(this.#waiting[n++]!)
    if (n > 0) this.#waiting.splice(0, n)
  }
}
