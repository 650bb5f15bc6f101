import { NumberList } from '../core/number_list.ts'
import { bytesOf } from '../formats/part_file.ts'
import { KeyTable } from './key_table.ts'
import { UnionFind } from './union_find.ts'

/** Slices of keys, by the first bits of their high half. */
export const slices = 64
/** A record: a key (low, high), and the number of the document in its shard. */
export const recordInts = 3

/**
 * The keys of one shard's documents (each: a pair of 32-bit numbers for each band), a part for each slice: the number of records of each band, then
 * records by band and document. Of documents that share a key only the first has a record, and `pairs` (document, earlier document) join the
 * others to it; with `keepAll` all have records, and there are no pairs.
 */
export function cutKeys(keys: Int32Array, bands: number, keepAll: boolean): { parts: Uint8Array[]; pairs: Int32Array } {
  const documents = keys.length / (2 * bands)
  const pairs = new NumberList(Int32Array)
  const sets = new UnionFind(keepAll ? 0 : documents)
  const hasRecord = new Uint8Array(documents * bands)
  const counts = new Int32Array(slices * bands)
  for (let band = 0; band < bands; band++) {
    const table = new KeyTable(keepAll ? new Int32Array(0) : keys, 2 * bands, 2 * band)
    for (let doc = 0; doc < documents; doc++) {
      const first = keepAll ? doc : table.firstOf(doc)
      if (first !== doc) {
        if (sets.union(doc, first)) pairs.pushAll([doc, first])
        continue
      }
      hasRecord[doc * bands + band] = 1
      counts[sliceOf(keys[(doc * bands + band) * 2 + 1]!) * bands + band]! += 1
    }
  }
  const starts = new Int32Array(slices + 1)
  const next = new Int32Array(slices * bands)
  let end = 0
  for (let slice = 0; slice < slices; slice++) {
    starts[slice] = end
    end += bands
    for (let band = 0; band < bands; band++) {
      next[slice * bands + band] = end
      end += counts[slice * bands + band]! * recordInts
    }
  }
  starts[slices] = end
  const all = new Int32Array(end)
  for (let slice = 0; slice < slices; slice++) all.set(counts.subarray(slice * bands, (slice + 1) * bands), starts[slice]!)
  for (let doc = 0; doc < documents; doc++) {
    for (let band = 0; band < bands; band++) {
      if (hasRecord[doc * bands + band] === 0) continue
      const from = (doc * bands + band) * 2
      const list = sliceOf(keys[from + 1]!) * bands + band
      const to = next[list]!
      all[to] = keys[from]!
      all[to + 1] = keys[from + 1]!
      all[to + 2] = doc
      next[list] = to + recordInts
    }
  }
  return {
    parts: Array.from({ length: slices }, (_, slice) => bytesOf(all.subarray(starts[slice]!, starts[slice + 1]!))),
    pairs: pairs.view(),
  }
}

const sliceOf = (high: number): number => high >>> 26

/** Calls `see` for the records of each band in slices that stand one behind the other. */
export function eachRun(ints: Int32Array, bands: number, see: (band: number, records: Int32Array) => void): void {
  for (let at = 0; at < ints.length; ) {
    let start = at + bands
    for (let band = 0; band < bands; band++) {
      const end = start + ints[at + band]! * recordInts
      if (end > start) see(band, ints.subarray(start, end))
      start = end
    }
    at = start
  }
}
