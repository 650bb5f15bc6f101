import { hash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { barrier, type Removal } from '../core/barrier.ts'
import type { Doc } from '../core/doc.ts'
import { ByteSource } from '../formats/byte_source.ts'
import { FileWriter } from '../formats/file_writer.ts'

/** Keys are grouped by their first byte, so that the job holds one 256th of them in memory at a time. */
const slices = 256
const hashBytes = 16

export default barrier({
  summary: 'keep one of the documents whose text (or address, or another field) is the same: the one with the smallest id',
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

  // Side file "keys": for each slice the number of bytes (uint32), then for each slice its keys: 16 bytes of SHA-256 of the text,
  // row (uint32), length of the id (uint16), id.
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
        const file = new FileWriter(task.output('keys'))
        const head = Buffer.alloc(slices * 4)
        groups.forEach((keys, i) => {
          head.writeUInt32LE(
            keys.reduce((bytes, key) => bytes + key.length, 0),
            i * 4,
          )
        })
        file.write(head)
        for (const keys of groups) for (const key of keys) file.write(key)
        file.close()
      },
    }
  },

  jobs: [
    {
      name: 'compare',
      tasks: ({ partitions }) => partitions,
      run({ partitions }, task) {
        const drops = new Map<number, string[]>()
        const files = task.inputs('before', 'keys').map(({ index, path }) => ({ shard: index, path, starts: sliceStarts(path) }))
        for (let slice = task.index; slice < slices; slice += partitions) {
          for (const { shard, row, survivor, size } of duplicatesIn(files, slice)) {
            const lines = drops.get(shard) ?? []
            drops.set(shard, lines)
            lines.push(`${JSON.stringify([row, survivor, size])}\n`)
            task.metrics.add('exact_dedup:duplicates')
          }
        }
        // One file a shard, so that a shard whose decisions stay the same need not run again.
        for (const [shard, lines] of [...drops].sort(([a], [b]) => a - b)) {
          const file = new FileWriter(task.output(`drop-${shard}`))
          for (const line of lines) file.writeText(line)
          file.close()
        }
      },
    },
  ],

  after(_, task) {
    const removals = new Map<number, Removal>()
    for (const { path } of task.inputs('compare', `drop-${task.index}`)) {
      for (const line of readFileSync(path, 'utf8').trimEnd().split('\n')) {
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
interface KeyFile {
  shard: number
  path: string
  /** Where each slice starts, and where the last one ends. */
  starts: number[]
}

/** Of every group of equal hashes in one slice, all keys but the one with the smallest id (then shard, then row). */
function* duplicatesIn(files: KeyFile[], slice: number): Generator<{ shard: number; row: number; survivor: string; size: number }> {
  const groups = new Map<string, Key | Key[]>()
  for (const file of files) {
    const keys = readSlice(file, slice)
    for (let at = 0; at < keys.length; ) {
      const hash = keys.toString('latin1', at, at + hashBytes)
      const idBytes = keys.readUInt16LE(at + hashBytes + 4)
      const idAt = at + hashBytes + 6
      const key: Key = { shard: file.shard, row: keys.readUInt32LE(at + hashBytes), id: keys.toString('utf8', idAt, idAt + idBytes) }
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

function sliceStarts(path: string): number[] {
  const source = new ByteSource(path, 1)
  const head = source.read(0, slices * 4)
  source.close()
  const starts = [slices * 4]
  for (let i = 0; i < slices; i++) starts.push(starts[i]! + head.readUInt32LE(i * 4))
  return starts
}

/** Files are opened one at a time: a run may have more shards than a process may have open files. */
function readSlice({ path, starts }: KeyFile, slice: number): Buffer {
  const source = new ByteSource(path, 1)
  try {
    return source.read(starts[slice]!, starts[slice + 1]!)
  } finally {
    source.close()
  }
}
