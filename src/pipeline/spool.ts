import { Doc, type Metadata } from '../core/doc.ts'
import { checkFormat, fileFormats } from '../core/file_format.ts'
import type { Docs } from '../core/task.ts'
import type { Duplicate, Unedited, Verdict } from '../core/verdict.ts'
import type { VerdictRecord } from '../core/verdict_record.ts'
import { BlockWriter, readBlocks } from '../formats/block_file.ts'
import { loadZstd } from '../formats/zstd.ts'
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

/** Name of the file in a task's folder. */
export const spoolFile = 'spool'

/** Bytes of lines that are compressed together. */
const blockBytes = 1 << 20

/**
 * What a pass leaves for the next one: one JSON line a document, live or decided, so that no later pass loses sight of any. The lines are in blocks,
 * each compressed with zstd; the block's first number is how many bytes that was.
 */
export async function spoolTo(path: string, uneditedOf: (doc: Doc) => Unedited | undefined): Promise<Sink> {
  const zstd = await loadZstd()
  const file = new BlockWriter(path)
  const held = Buffer.allocUnsafe(blockBytes)
  let used = 0
  const flush = (bytes = held.subarray(0, used)): void => {
    if (bytes.length > 0) file.add({ numbers: [bytes.length, 0, 0], bytes: zstd.compress(bytes, 1) })
    used = 0
  }
  const write = (content: object): void => {
    const line = `${JSON.stringify(content)}\n`
    if (used + line.length * 3 > blockBytes) flush()
    if (line.length * 3 > blockBytes) flush(Buffer.from(line))
    else used += held.write(line, used)
  }
  write({ format: fileFormats.spool })
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
      write(line)
    },
    record: write,
    async close() {
      flush()
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
  const zstd = await loadZstd()
  let behind = 0
  for (const { numbers, bytes } of readBlocks(path)) {
    const lines = Buffer.from(zstd.decompress(bytes, numbers[0]))
    for (let at = 0, end = lines.indexOf(10); end >= 0; at = end + 1, end = lines.indexOf(10, at)) {
      const entry = JSON.parse(lines.toString('utf8', at, end)) as { format: number } | Spooled | VerdictRecord
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
    on.advance((behind += lines.length))
  }
}
