import type { Doc } from '../../src/core/doc.ts'
import type { DataError, Location } from '../../src/core/errors.ts'
import { sha256 } from '../../src/core/hash.ts'
import { Metrics } from '../../src/core/metrics.ts'
import type { Docs, Task } from '../../src/core/task.ts'
import { unjudged, type Verdict } from '../../src/core/verdict.ts'

/** What became of a file: every document and every error, in full unless long. */
export interface Reading {
  documents: { id: string; url: string; text: string; metadata: Record<string, unknown> }[]
  removed: string[]
  errors: string[]
  /** Records that hold no document, by kind. */
  skipped: Record<string, number>
}

/** How many records errors stand for, one each unless they say more. */
export interface Counted extends Reading {
  lost: number
  ids: Set<string>
}

/** Run a reader and stages after it on a file, and hold every document to account: kept, removed or an error, once. */
export async function readAll(path: string, name: string, bytes: number, run: (task: Task) => Docs): Promise<Counted> {
  const counted: Counted = { documents: [], removed: [], errors: [], skipped: {}, lost: 0, ids: new Set() }
  const open = new Set<Verdict>()
  let begun = 0
  const end = (doc: Doc, how: string): void => {
    if (!open.delete(doc.verdict)) throw new Error(`unaccounted: ${doc.id} is ${how}, and was not begun or has ended before`)
  }
  const skip = (kind: string): void => {
    counted.skipped[kind] = (counted.skipped[kind] ?? 0) + 1
  }
  const task: Task = {
    index: 0,
    metrics: new Metrics(),
    input: { file: path, path, name, start: 0, end: bytes, size: bytes },
    get documents() {
      return begun
    },
    full: () => false,
    shared: (_, compute) => compute,
    advance: () => {},
    begin(_, id) {
      const verdict = unjudged()
      open.add(verdict)
      counted.ids.add(id)
      begun++
      return verdict
    },
    skip,
    passOver: skip,
    reject(doc, reason) {
      end(doc, 'removed')
      counted.removed.push(`${doc.id}: ${reason}`)
    },
    quarantine(error, where = {}, doc) {
      if (doc) end(doc, 'an error')
      counted.lost += doc ? 0 : (where.rows ?? 1)
      counted.errors.push(shown(error, where, doc))
    },
    tokens: () => null,
    carriesMetadata: true,
    provenance: {},
    output: () => '',
    wrote: () => {},
    inputs: () => [],
    hashed: () => {},
    seam: () => {},
    own: () => undefined,
    dealt: () => [],
  }
  for await (const doc of run(task)) {
    end(doc, 'kept')
    const { file_path: _, ...metadata } = doc.metadata
    // What the writer does with them.
    JSON.stringify(metadata)
    counted.documents.push({ id: doc.id, url: doc.url, text: shortened(doc.text), metadata })
  }
  if (open.size > 0) throw new Error(`unaccounted: ${open.size} documents have neither been kept nor removed`)
  return counted
}

function shown(error: DataError, { start, end, row, rows }: Partial<Location>, doc: Doc | undefined): string {
  const where =
    start === undefined ? (row === undefined ? '' : ` [row ${row}${rows === undefined ? '' : ` + ${rows}`}]`) : ` [${start}, ${end})`
  return `${error.kind}${doc ? ` ${doc.id}` : ''}${where}: ${shortened(error.message)}`
}

/** Long texts by their beginning and hash. */
export const shortened = (text: string): string =>
  text.length <= 240 ? text : `${text.slice(0, 120)}… ${text.length} ${sha256(text).slice(0, 16)}`
