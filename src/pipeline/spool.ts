import { Doc, type Metadata } from '../core/doc.ts'
import { checkFormat, fileFormats } from '../core/file_format.ts'
import type { Docs } from '../core/task.ts'
import type { Duplicate, Unedited, Verdict } from '../core/verdict.ts'
import type { VerdictRecord } from '../core/verdict_record.ts'
import { ByteSource } from '../formats/byte_source.ts'
import { FileWriter } from '../formats/file_writer.ts'
import { readLines } from '../formats/jsonl.ts'
import { valuesFromJson, valuesToJson } from './records.ts'
import type { Sink } from './sink.ts'

/** A spooled document. Records of decided documents stand between them in reading order; only those have a `reason`. */
interface Spooled {
  row: number
  bytes: number
  id: string
  url: string
  text: string
  metadata: Metadata
  values: (number | null)[]
  /** Set on documents that are measured in full although a rule would drop them. */
  would?: string
  duplicate?: Duplicate
  unedited?: Unedited
  full?: true
}

/** What a pass leaves for the next one: one JSON line a document, live or decided, so that no later pass loses sight of any. */
export function spoolTo(path: string, uneditedOf: (doc: Doc) => Unedited | undefined): Sink {
  const file = new FileWriter(path, 1 << 20)
  file.writeText(`${JSON.stringify({ format: fileFormats.spool })}\n`)
  return {
    doc(doc) {
      const verdict = doc.verdict
      const { row, bytes, reason, full, duplicate } = verdict
      const unedited = uneditedOf(doc)
      const line: Spooled = {
        row,
        bytes,
        id: doc.id,
        url: doc.url,
        text: doc.text,
        metadata: doc.metadata,
        values: valuesToJson(verdict.values),
        ...(reason === null ? {} : { would: reason }),
        ...(duplicate ? { duplicate } : {}),
        ...(unedited ? { unedited } : {}),
        ...(full ? { full } : {}),
      }
      file.writeText(`${JSON.stringify(line)}\n`)
    },
    record: (record) => file.writeText(`${JSON.stringify(record)}\n`),
    async close() {
      file.close()
      return {}
    },
    discard: () => file.discard(),
  }
}

/** The documents of a spool; `record` gets what lies between them, `begin` every live document's verdict. */
export async function* readSpool(
  path: string,
  columns: number,
  on: { record(record: VerdictRecord): void; begin(verdict: Verdict): void; advance(bytes: number): void },
): Docs {
  const source = new ByteSource(path)
  try {
    for await (const line of readLines(source, 'none', Number.POSITIVE_INFINITY)) {
      if (line.kind === 'damage') throw new Error(`${path}: ${line.message}`)
      const entry = JSON.parse(line.bytes.toString('utf8')) as { format: number } | Spooled | VerdictRecord
      on.advance(line.end)
      if ('format' in entry) {
        checkFormat(path, 'spool', entry)
        continue
      }
      if ('reason' in entry) {
        on.record(entry)
        continue
      }
      const { row, bytes, id, url, text, metadata, values, would = null, duplicate, unedited, full = false } = entry
      const kept = { row, bytes, reason: would, values: valuesFromJson(values, columns), full }
      const verdict: Verdict = { ...kept, ...(duplicate ? { duplicate } : {}), ...(unedited ? { unedited } : {}) }
      on.begin(verdict)
      yield new Doc({ id, url, text, metadata, verdict })
    }
  } finally {
    source.close()
  }
}
