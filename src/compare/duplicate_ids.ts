import { join } from 'node:path'
import xxhash from 'xxhash-wasm'
import { plural } from '../core/plural.ts'
import { cellText } from '../formats/cell_text.ts'
import { openParquet, type ParquetFile } from '../formats/parquet_reader.ts'
import { shardName } from '../pipeline/plan.ts'
import { type MeasuredRun, readIn } from './measurement.ts'

/** Documents of one or several measurements that have the id of another one. */
export interface DuplicateIds {
  documents: number
  /** Different ids among them. */
  ids: number
  /** A few of these ids, and where the first documents of each are. */
  examples: { id: string; documents: IdPlace[] }[]
}

/** Number of the measurement, shard, and the document's number in it (`row` of `verdicts/`). */
interface IdPlace {
  measurement: number
  shard: number
  row: number
}

interface IdOptions {
  /** Hashes to hold at a time, of 8 bytes each; more documents take more passes over their ids. */
  most?: number
  /** Ids to show, and documents of each. */
  examples?: number
  places?: number
}

/**
 * Count documents that share an id, by 64-bit hashes of the ids: of 30 million different ids, two share a hash with a probability of 0.00002.
 * Examples are compared letter by letter. Reads the ids of one run of each measurement.
 */
export async function duplicateIds(
  runs: readonly MeasuredRun[],
  { most = 8 << 20, examples = 3, places = 2 }: IdOptions = {},
): Promise<DuplicateIds> {
  const { h64Raw } = await xxhash()
  const slices = BigInt(Math.max(1, Math.ceil(runs.reduce((sum, run) => sum + readIn(run), 0) / most)))
  const shown = new Map<bigint, Map<string, DuplicateIds['examples'][number]>>()
  let [documents, ids] = [0, 0]
  for (let slice = 0n; slice < slices; slice++) {
    const hashes = new HashList()
    await eachId(runs, (id) => {
      const hash = h64Raw(id)
      if ((hash * slices) >> 64n === slice) hashes.add(hash)
    })
    for (const { hash, count } of hashes.repeated()) {
      documents += count
      ids++
      if (shown.size < examples) shown.set(hash, new Map())
    }
  }
  if (ids > 0)
    await eachId(runs, (bytes, measurement, shard, at) => {
      const known = shown.get(h64Raw(bytes))
      if (!known) return
      const id = cellText(bytes)
      if (!known.has(id)) known.set(id, { id, documents: [] })
      if (known.get(id)!.documents.length < places) known.get(id)!.documents.push({ measurement, shard, row: at })
    })
  const located = [...shown.values()].flatMap((byId) => [...byId.values()]).filter((example) => example.documents.length > 1)
  for (const example of located) for (const place of example.documents) place.row = await rowAt(runs[place.measurement]!, place)
  return { documents, ids, examples: located }
}

const openVerdicts = ({ dir }: MeasuredRun, shard: number): Promise<ParquetFile> =>
  openParquet(join(dir, 'verdicts', `${shardName(shard)}.parquet`))

/** A document's number in its shard: records that were no documents leave gaps, so its place in the file may be another. */
async function rowAt(run: MeasuredRun, { shard, row: at }: IdPlace): Promise<number> {
  const file = await openVerdicts(run, shard)
  try {
    return Number((await file.rowsAt(['row'], [at]))[0]!['row'])
  } finally {
    file.close()
  }
}

/** What a person should know of them; undefined where there are none. */
export function duplicateIdsNote({ documents, ids, examples }: DuplicateIds): string | undefined {
  if (documents === 0) return undefined
  const several = examples.some((example) => example.documents.some(({ measurement }) => measurement > 0))
  const shown = examples.map(({ id, documents: places }) => {
    const where = places.map(({ measurement, shard, row }) => `${several ? `source ${measurement + 1}, ` : ''}shard ${shard}, row ${row}`)
    return `${id} (${where.join('; ')})`
  })
  return `${plural(documents, 'document')} share their id with another one (${plural(ids, 'id')})${shown.length === 0 ? '' : `, such as ${shown.join(', ')}`}`
}

/** Every id, with its place in the file of its shard. */
async function eachId(
  runs: readonly MeasuredRun[],
  use: (id: Uint8Array, measurement: number, shard: number, at: number) => void,
): Promise<void> {
  for (const [measurement, run] of runs.entries())
    for (let shard = 0; shard < run.plan.inputs.splits; shard++) {
      const file = await openVerdicts(run, shard)
      try {
        await file.strings(['id'], (_, values, first) => {
          for (let i = 0; i < values.length; i++) if (values[i]) use(values[i]!, measurement, shard, first + i)
        })
      } finally {
        file.close()
      }
    }
}

class HashList {
  #hashes = new BigUint64Array(1024)
  #length = 0

  add(hash: bigint): void {
    if (this.#length === this.#hashes.length) {
      const larger = new BigUint64Array(2 * this.#length)
      larger.set(this.#hashes)
      this.#hashes = larger
    }
    this.#hashes[this.#length++] = hash
  }

  /** Hashes that were added more than once, ascending. */
  *repeated(): Generator<{ hash: bigint; count: number }> {
    const sorted = this.#hashes.subarray(0, this.#length).sort()
    for (let from = 0, to = 0; from < sorted.length; from = to) {
      while (to < sorted.length && sorted[to] === sorted[from]) to++
      if (to - from > 1) yield { hash: sorted[from]!, count: to - from }
    }
  }
}
