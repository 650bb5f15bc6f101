import { hash } from 'node:crypto'
import { z } from 'zod'
import { barrier, type Removal } from '../core/barrier.ts'
import type { Doc } from '../core/doc.ts'
import { dealtParts, readParts, writeParts } from '../formats/part_file.ts'

/** Keys are grouped by their first byte, so that the job holds one 256th of them in memory at a time. */
const slices = 256
const hashBytes = 16

export default barrier({
  summary: 'keep one of the documents whose text (or address, or another field) is the same: the one with the smallest id',
  why: 'The cheapest deduplication, and the safest: it removes copies to the byte, or pages with the same URL or field, and never anything else.',
  source: 'exact document deduplication (RedPajama-V2, Dolma, MAP-NEO)',
  options: {
    by: z
      .string()
      .min(1)
      .default('text')
      .describe(
        'what must be the same: text (to the byte), url (without scheme, www., port, fragment and final slash), or the name of another field; documents without it are no duplicates',
      ),
    scope: z
      .enum(['all', 'dump', 'language'])
      .default('all')
      .describe('where duplicates are looked for: everywhere, or only in the same dump or language'),
    partitions: z.int().min(1).max(slices).default(4).describe('tasks that the comparison is split into'),
  },

  finds: 'clusters',
  keeps: ({ by }) => `one of each ${by}`,

  // Side file "keys": a part for each slice with its keys: 16 bytes of SHA-256 of the text, row (uint32), length of the id (uint16), id.
  before({ by, scope }, task) {
    const keyOf =
      by === 'text'
        ? (doc: Doc) => doc.text
        : by === 'url'
          ? ({ url }: Doc) => comparedUrl(url)
          : ({ metadata }: Doc) => fieldOf(metadata[by])
    const groups: Buffer[][] = Array.from({ length: slices }, () => [])
    return {
      see(doc: Doc) {
        const value = keyOf(doc)
        if (value === null) return
        const digest = hash('sha256', scope === 'all' ? value : `${value}\0${String(doc.metadata[scope])}`, 'buffer')
        const id = Buffer.from(doc.id).subarray(0, 0xffff)
        const key = Buffer.allocUnsafe(hashBytes + 6 + id.length)
        digest.copy(key, 0, 0, hashBytes)
        key.writeUInt32LE(doc.verdict.row, hashBytes)
        key.writeUInt16LE(id.length, hashBytes + 4)
        id.copy(key, hashBytes + 6)
        groups[digest[0]!]!.push(key)
      },
      end() {
        writeParts(
          task.output('keys'),
          groups.map((keys) => Buffer.concat(keys)),
        )
      },
    }
  },

  jobs: [
    {
      name: 'compare',
      tasks: ({ partitions }) => partitions,
      run({ partitions }, task, shards) {
        const drops = new Map<number, string[]>()
        const files = task.inputs('before', 'keys')
        for (let slice = task.index; slice < slices; slice += partitions) {
          for (const { shard, row, survivor, size } of duplicatesIn(files, slice)) {
            const lines = drops.get(shard) ?? []
            drops.set(shard, lines)
            lines.push(`${JSON.stringify([row, survivor, size])}\n`)
            task.metrics.add('exact_dedup:duplicates')
          }
        }
        const parts = new Map([...drops].map(([shard, lines]) => [shard, Buffer.from(lines.join(''))]))
        writeParts(task.output('drops'), dealtParts(shards, parts))
      },
    },
  ],

  after(_, task) {
    const removals = new Map<number, Removal>()
    for (const part of task.dealt('compare', 'drops')) {
      for (const line of Buffer.from(part).toString().trimEnd().split('\n')) {
        const [row, survivor, size] = JSON.parse(line) as [number, string, number]
        const duplicate = { method: 'exact', survivor, cluster: survivor, size, estimated: null, exact: 1 } as const
        removals.set(row, { reason: 'duplicate', duplicate })
      }
    }
    return (doc) => removals.get(doc.verdict.row) ?? doc
  },
})

/** What of an address says which page it is: "https://www.Example.org:443/a/#b" and "http://example.org/a" are one. */
function comparedUrl(url: string): string | null {
  if (url === '') return null
  const [, authority = '', path = ''] = /^(?:[a-z][a-z0-9+.-]*:)?\/\/([^/?#]*)([^#]*)/i.exec(url) ?? [url, '', url]
  return (
    authority
      .toLowerCase()
      .replace(/^www\./, '')
      .replace(/:\d*$/, '') + path.replace(/\/+$/, '')
  )
}

const fieldOf = (value: unknown): string | null =>
  value === undefined || value === null || value === '' ? null : typeof value === 'string' ? value : JSON.stringify(value)

interface Key {
  shard: number
  row: number
  id: string
}
/** Of every group of equal hashes in one slice, all keys but the one with the smallest id (then shard, then row). */
function* duplicatesIn(
  files: readonly { index: number; path: string }[],
  slice: number,
): Generator<{ shard: number; row: number; survivor: string; size: number }> {
  const groups = new Map<string, Key | Key[]>()
  for (const { index: shard, path } of files) {
    const keys = readParts(path, slices, { from: slice, to: slice + 1 })
    for (let at = 0; at < keys.length; ) {
      const hash = keys.toString('latin1', at, at + hashBytes)
      const idBytes = keys.readUInt16LE(at + hashBytes + 4)
      const idAt = at + hashBytes + 6
      const key: Key = { shard, row: keys.readUInt32LE(at + hashBytes), id: keys.toString('utf8', idAt, idAt + idBytes) }
      const known = groups.get(hash)
      if (known === undefined) groups.set(hash, key)
      else if (Array.isArray(known)) known.push(key)
      else groups.set(hash, [known, key])
      at = idAt + idBytes
    }
  }
  for (const group of groups.values()) {
    if (!Array.isArray(group)) continue
    const [survivor, ...rest] = group.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : a.shard - b.shard || a.row - b.row))
    for (const { shard, row } of rest) yield { shard, row, survivor: survivor!.id, size: group.length }
  }
}
