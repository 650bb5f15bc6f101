import type { Doc } from '../core/doc.ts'
import type { VerdictRecord } from '../core/verdict_record.ts'

/** Where a pass puts its documents: into a spool for the next pass, or into the run's outputs. */
export interface Sink {
  /** A document that goes on. */
  doc(doc: Doc): void
  /** A document whose fate is decided. */
  record(record: VerdictRecord): void
  /** Finish all files. Returns rows by file name where files have rows. */
  close(): Promise<Record<string, number>>
  discard(): void
}
