import { NumberList } from '../core/number_list.ts'
import { BlockWriter, readBlocks } from '../formats/block_file.ts'
import { bytesOf, intsOf } from '../formats/part_file.ts'
import { membersIn } from './member_records.ts'
import { slicesOf } from './record_file.ts'
import { SignedFile } from './signed_file.ts'
import type { UnionFind } from './union_find.ts'

// Clusters are numbered in the order of their first documents. Cluster n is decided on by task n modulo the number of tasks, as its n ÷ tasks-th.

/**
 * Write which documents are in clusters, for so many tasks that read members, each of them those of a range of shards. In `path(task)` there is a block
 * for each of its shards that has any: number of the shard among `counts`; document in the shard and cluster of each (uint32). Returns the number
 * of clusters. `counts`: documents of each shard.
 */
export function writeLabels(sets: UnionFind, counts: readonly number[], tasks: number, path: (task: number) => string): number {
  const total = counts.reduce((sum, count) => sum + count, 0)
  const clusterOf = sets.release()
  const isShared = new Uint8Array(Math.ceil(total / 8))
  for (let i = 0; i < total; i++) {
    const root = clusterOf[i]!
    if (root !== i) isShared[root >>> 3]! |= 1 << (root & 7)
  }
  let clusters = 0
  let base = 0
  for (let task = 0; task < tasks; task++) {
    const file = new BlockWriter(path(task))
    const { from, to } = slicesOf(task, tasks, counts.length)
    for (let shard = from; shard < to; shard++) {
      const labels = new NumberList(Uint32Array)
      const end = base + counts[shard]!
      for (let i = base; i < end; i++) {
        // A cluster's number takes the place of its first document, from where the others, which come later, have it.
        const root = clusterOf[i]!
        if ((isShared[i >>> 3]! >>> (i & 7)) & 1) clusterOf[i] = clusters++
        else if (root !== i) clusterOf[i] = clusterOf[root]!
        else continue
        labels.pushAll([i - base, clusterOf[i]!])
      }
      if (labels.length > 0) file.add({ numbers: [shard, 0, 0], bytes: bytesOf(labels.view()) })
      base = end
    }
    file.close()
  }
  return clusters
}

/** A member of a cluster. Bytes are valid until the next one. */
export interface ClusteredMember {
  /** Which of its task's clusters. */
  slot: number
  /** Number of its shard, of the document among those that are signed, and its row. */
  shard: number
  document: number
  row: number
  rank: number
  sketch: Buffer
  id: Buffer
}

const headBytes = 28
const blockBytes = 1 << 16

/** Take the members of a task's shards that are in clusters, and write them to `path(decider)` in their order, for so many tasks that decide. */
export function dealMembers(
  labels: string,
  files: readonly { index: number; path: string }[],
  { sketchBytes, tasks, path }: { sketchBytes: number; tasks: number; path(task: number): string },
): void {
  const writers = Array.from({ length: tasks }, (_, task) => new MemberWriter(path(task)))
  for (const { numbers, bytes } of readBlocks(labels)) {
    const { index, path } = files[numbers[0]]!
    const pairs = new Uint32Array(intsOf(bytes))
    const file = new SignedFile(path)
    try {
      let next = 0
      for (const [part, { from, to }] of file.memberParts.entries()) {
        if (next === pairs.length || pairs[next]! >= to) continue
        const members = membersIn(file.members(part), to - from, sketchBytes)
        for (; next < pairs.length && pairs[next]! < to; next += 2) {
          const [document, cluster] = [pairs[next]!, pairs[next + 1]!]
          const i = document - from
          writers[cluster % tasks]!.add({
            slot: Math.floor(cluster / tasks),
            shard: index,
            document,
            row: members.row(i),
            rank: members.rank(i),
            sketch: members.sketch(i),
            id: members.id(i),
          })
        }
      }
    } finally {
      file.close()
    }
  }
  for (const writer of writers) writer.close()
}

/** Blocks of members: 28 bytes of numbers, sketch, id. The file is there if there are any. */
class MemberWriter {
  #file: BlockWriter | undefined
  #buffer = Buffer.allocUnsafe(blockBytes)
  #used = 0

  constructor(private readonly path: string) {}

  add({ slot, shard, document, row, rank, sketch, id }: ClusteredMember): void {
    const size = headBytes + sketch.length + id.length
    if (this.#used + size > this.#buffer.length) {
      this.#flush()
      if (size > this.#buffer.length) this.#buffer = Buffer.allocUnsafe(size)
    }
    const [buffer, at] = [this.#buffer, this.#used]
    buffer.writeUInt32LE(slot, at)
    buffer.writeUInt32LE(shard, at + 4)
    buffer.writeUInt32LE(document, at + 8)
    buffer.writeUInt32LE(row, at + 12)
    buffer.writeDoubleLE(rank, at + 16)
    buffer.writeUInt32LE(id.length, at + 24)
    buffer.set(sketch, at + headBytes)
    buffer.set(id, at + headBytes + sketch.length)
    this.#used += size
  }

  close(): void {
    if (this.#used > 0) this.#flush()
    this.#file?.close()
  }

  #flush(): void {
    this.#file ??= new BlockWriter(this.path)
    this.#file.add({ numbers: [0, 0, 0], bytes: this.#buffer.subarray(0, this.#used) })
    this.#used = 0
  }
}

/** What `dealMembers` has written to these files, in their order. */
export function* clusteredMembers(files: readonly { path: string }[], sketchBytes: number): Generator<ClusteredMember> {
  for (const { path } of files) {
    for (const { bytes: block } of readBlocks(path)) {
      const bytes = Buffer.from(block.buffer, block.byteOffset, block.length)
      for (let at = 0; at < bytes.length; ) {
        const sketch = at + headBytes
        const id = sketch + sketchBytes
        const end = id + bytes.readUInt32LE(at + 24)
        yield {
          slot: bytes.readUInt32LE(at),
          shard: bytes.readUInt32LE(at + 4),
          document: bytes.readUInt32LE(at + 8),
          row: bytes.readUInt32LE(at + 12),
          rank: bytes.readDoubleLE(at + 16),
          sketch: bytes.subarray(sketch, id),
          id: bytes.subarray(id, end),
        }
        at = end
      }
    }
  }
}
