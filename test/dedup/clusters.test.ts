import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Metrics } from '../../src/core/metrics.ts'
import type { Task } from '../../src/core/task.ts'
import type { Fate } from '../../src/dedup/clusters.ts'
import { keyGroups, readEdges, writeEdges } from '../../src/dedup/edges.ts'
import { recordInts, slices } from '../../src/dedup/key_slices.ts'
import { estimate } from '../../src/dedup/signatures.ts'
import { SignedFileWriter } from '../../src/dedup/signed_file.ts'
import { UnionFind } from '../../src/dedup/union_find.ts'
import { readAllParts } from '../../src/formats/part_file.ts'
import { loadStep } from '../../src/pipeline/registry.ts'
import { random, temporaryFolder } from '../support.ts'

const root = temporaryFolder()

interface Signed {
  keys: number[]
  id: string
  rank: number
  row: number
  sketch: Uint8Array
}

const bands = 3
const sketchBytes = 2 * bands
// Few keys, so that many meet; those with equal halves meet in one slice only.
const key = fc.integer({ min: 0, max: 40 }).map((n) => Math.imul(n, 0x9e3779b1))
const signed = fc.record({
  keys: fc.array(key, { minLength: bands, maxLength: bands }),
  id: fc.stringMatching(/^[a-c😀\ue000é]{0,3}$/u),
  rank: fc.constantFrom(0, 0, 1, -1.5, Number.NaN, Number.NEGATIVE_INFINITY),
  sketch: fc.uint8Array({ minLength: sketchBytes, maxLength: sketchBytes, max: 3 }),
})
const corpus = fc
  .array(fc.array(signed, { maxLength: 25 }), { minLength: 1, maxLength: 4 })
  .map((shards): Signed[][] => shards.map((docs) => docs.map((doc, i) => ({ ...doc, row: 2 * i + 1 }))))

/** Side files of these shards, as `before` writes them. */
function write(dir: string, shards: readonly Signed[][]): { index: number; path: string }[] {
  return shards.map((docs, index) => {
    const writer = new SignedFileWriter(bands, sketchBytes)
    for (const { keys, ...member } of docs) writer.add(Int32Array.from(keys.flatMap((key) => [key ^ 0x5bd1e995, key])), member)
    const path = join(dir, 'before', String(index), 'signed')
    mkdirSync(join(path, '..'), { recursive: true })
    writer.write(path, false)
    return { index, path }
  })
}

/** All jobs of the barrier: fates by shard and row, and counts. */
async function runJobs(dir: string, shards: readonly Signed[][], partitions: number) {
  rmSync(dir, { recursive: true, force: true })
  write(dir, shards)
  const step = await loadStep('minhash_dedup')
  if (step.kind !== 'barrier') throw new Error('not a barrier')
  const options = step.schema.parse({ bands, rows: 2, partitions, cluster_metadata: true })
  const metrics = new Metrics()
  for (const job of step.jobs) {
    for (let index = 0; index < job.tasks(options, shards.length); index++) {
      const folder = join(dir, job.name, String(index))
      mkdirSync(folder, { recursive: true })
      const inputs: Task['inputs'] = (from, name) =>
        readdirSync(join(dir, from))
          .map((task) => ({ index: Number(task), path: join(dir, from, task, name), files: readdirSync(join(dir, from, task)) }))
          .filter(({ files }) => files.includes(name))
          .sort((a, b) => a.index - b.index)
      await job.run(options, { index, metrics, inputs, output: (name: string) => join(folder, name) } as unknown as Task, shards.length)
    }
  }
  const fates = new Map<string, Fate>()
  for (let task = 0; task < partitions; task++) {
    for (const [shard, part] of readAllParts(join(dir, 'decide', String(task), 'fates'), shards.length).entries()) {
      for (const line of part.toString().split('\n').filter(Boolean)) {
        const fate = JSON.parse(line) as Fate
        fates.set(`${shard}/${fate.row}`, fate)
      }
    }
  }
  return { fates, counts: metrics.counts }
}

/** The same by all pairs and objects. */
function oracle(shards: readonly Signed[][]) {
  const docs = shards.flatMap((list, shard) => list.map((doc) => ({ ...doc, shard })))
  const sets = new UnionFind(docs.length)
  for (const [i, a] of docs.entries())
    for (const [j, b] of docs.slice(0, i).entries()) if (a.keys.some((key, band) => key === b.keys[band])) sets.union(i, j)
  const clusters = new Map<number, number[]>()
  for (const i of docs.keys()) clusters.set(sets.find(i), [...(clusters.get(sets.find(i)) ?? []), i])
  const fates = new Map<string, Fate>()
  const counts: Record<string, number> = {}
  const count = (name: string): void => void (counts[`minhash_dedup:${name}`] = (counts[`minhash_dedup:${name}`] ?? 0) + 1)
  const threshold = (1 - 0.5 ** (1 / bands)) ** (1 / 2)
  for (const numbers of clusters.values()) {
    if (numbers.length === 1) continue
    count('clusters')
    let best = numbers[0]!
    let smallest = docs[best]!.id
    for (const number of numbers.slice(1)) {
      const [a, b] = [docs[number]!, docs[best]!]
      if (a.rank > b.rank || (a.rank === b.rank && a.id < b.id)) best = number
      if (a.id < smallest) smallest = a.id
    }
    for (const number of numbers) {
      const { shard, row, sketch } = docs[number]!
      const stays = number === best
      const estimated = stays ? 1 : Math.round(estimate(sketch, docs[best]!.sketch) * 1e4) / 1e4
      const survivor = stays ? null : docs[best]!.id
      fates.set(`${shard}/${row}`, { row, survivor, cluster: smallest, size: numbers.length, estimated, exact: null })
      if (stays) continue
      count('removed')
      if (estimated < threshold) count('removed_below_threshold')
    }
  }
  return { fates, counts }
}

test('jobs decide what comparing all pairs decides', async () => {
  await fc.assert(
    fc.asyncProperty(corpus, fc.constantFrom(1, 2, 5), async (shards, partitions) => {
      expect(await runJobs(join(root, 'jobs'), shards, partitions)).toEqual(oracle(shards))
    }),
    { numRuns: 25 },
  )
})

describe('keys that do not fit into memory', () => {
  const next = random(3)
  const shards = Array.from({ length: 3 }, () =>
    Array.from({ length: 900 }, (_, row): Signed => {
      const keys = Array.from({ length: bands }, () => Math.imul(Math.floor(next() * 2000), 0x9e3779b1))
      return { keys, id: '', rank: 0, row, sketch: new Uint8Array(sketchBytes) }
    }),
  )
  const files = write(join(root, 'scratch'), shards)

  test.each([
    [0, slices],
    [5, 40],
  ])('are grouped through files: slices %i to %i', (from, to) => {
    const groups = (most?: number): Int32Array[] =>
      [...keyGroups(files, { bands, from, to, scratch: join(root, 'group'), ...(most === undefined ? {} : { most }) })].map((group) =>
        group.slice(),
      )
    const [whole, parts] = [groups(), groups(4096)]
    expect(whole).toHaveLength(bands)
    expect(parts.length).toBeGreaterThan(5 * bands)
    for (const group of parts) expect(group.byteLength).toBeLessThan(3 * 4096)
    expect(readdirSync(root).filter((name) => name.startsWith('group'))).toEqual([])
    const perBand = parts.length / bands
    for (const [band, all] of whole.entries()) {
      const cut = parts.slice(band * perBand, (band + 1) * perBand).flatMap((group) => [...group])
      const sorted = (numbers: Iterable<number>): string[] => {
        const list = [...numbers]
        return Array.from({ length: list.length / recordInts }, (_, i) => list.slice(i * recordInts, (i + 1) * recordInts).join()).sort()
      }
      expect(sorted(cut)).toEqual(sorted(all))
    }
  })

  test('each edge is written once', () => {
    const path = join(root, 'edges')
    writeEdges(path, keyGroups(files, { bands, from: 0, to: slices, scratch: join(root, 'group') }))
    const edges = [...readEdges(path)].flatMap((block) =>
      Array.from({ length: block.length / 2 }, (_, i) => `${block[2 * i]} ${block[2 * i + 1]}`),
    )
    expect(edges.length).toBeGreaterThan(1000)
    expect(new Set(edges).size).toBe(edges.length)
  })
})
