import type { Doc } from '../core/doc.ts'
import type { VerdictRecord } from '../core/verdict_record.ts'
import type { Sink } from './sink.ts'

/** Puts documents and records back into reading order, whatever stages hold back, and hands them on as soon as order allows. */
export class RowOrder {
  #waiting: VerdictRecord[] = []
  #inFlight = 0

  constructor(private readonly sink: Sink) {}

  begin(): void {
    this.#inFlight++
  }

  /** A document has left the stream. */
  leave(record: VerdictRecord): void {
    this.#inFlight--
    this.pass(record)
  }

  /** A record that an earlier pass made. */
  pass(record: VerdictRecord): void {
    if (this.#inFlight === 0 && this.#waiting.length === 0) {
      this.sink.record(record)
      return
    }
    let at = this.#waiting.length
    while (at > 0 && this.#waiting[at - 1]!.row > record.row) at--
    this.#waiting.splice(at, 0, record)
    if (this.#inFlight === 0) this.release(Infinity)
  }

  doc(doc: Doc): void {
    this.release(doc.verdict.row)
    this.sink.doc(doc)
    if (--this.#inFlight === 0) this.release(Infinity)
  }

  /** A document that left without a verdict (an error). */
  lost(): void {
    if (--this.#inFlight === 0) this.release(Infinity)
  }

  release(before: number): void {
    let n = 0
    while (n < this.#waiting.length && this.#waiting[n]!.row < before) this.sink.record(this.#waiting[n++]!)
    if (n > 0) this.#waiting.splice(0, n)
  }
}
