import { hash } from 'node:crypto'
import { z } from 'zod'
import { barrier, type Removal } from '../core/barrier.ts'
import type { Doc } from '../core/doc.ts'
import { duplicatesIn, ExactKeyWriter, keyGroups, slices } from '../dedup/exact_keys.ts'
import { ByteList } from '../dedup/groups.ts'
import { slicesOf, tasksFor } from '../dedup/record_file.ts'
import { dealtParts, writeParts } from '../formats/part_file.ts'

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
    partitions: z.int().min(1).max(slices).default(4).describe('tasks that the comparison is split into, at least; large inputs have more'),
  },

  finds: 'clusters',
  keeps: ({ by }) => `one of each ${by}`,

  before({ by, scope }, task) {
    const keyOf =
      by === 'text'
        ? (doc: Doc) => doc.text
        : by === 'url'
          ? ({ url }: Doc) => comparedUrl(url)
          : ({ metadata }: Doc) => fieldOf(metadata[by])
    const keys = new ExactKeyWriter(task.index)
    return {
      see(doc: Doc) {
        const value = keyOf(doc)
        if (value === null) return
        const digest = hash('sha256', scope === 'all' ? value : `${value}\0${String(doc.metadata[scope])}`, 'buffer')
        keys.add(digest, doc.verdict.row, doc.id)
      },
      end: () => keys.write(task.output('keys')),
    }
  },

  jobs: [
    {
      name: 'compare',
      tasks: ({ partitions }, shards) => tasksFor(shards, partitions, slices),
      run({ partitions }, task, shards) {
        const drops = new Map<number, ByteList>()
        const range = slicesOf(task.index, tasksFor(shards, partitions, slices), slices)
        for (const keys of keyGroups(task.inputs('before', 'keys'), { ...range, scratch: task.output('scratch') })) {
          for (const { shard, row, survivor, size } of duplicatesIn(keys)) {
            const lines = drops.get(shard) ?? new ByteList()
            drops.set(shard, lines)
            lines.add(Buffer.from(`${JSON.stringify([row, survivor, size])}\n`))
            task.metrics.add('exact_dedup:duplicates')
          }
        }
        const parts = new Map([...drops].map(([shard, lines]) => [shard, lines.view()]))
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
