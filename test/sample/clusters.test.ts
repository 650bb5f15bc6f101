import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openMeasurement } from '../../src/compare/measurement.ts'
import { CopyCounter, readClusters } from '../../src/sample/clusters.ts'
import { temporaryFolder } from '../support.ts'
import { measureDocuments } from './support.ts'

const dir = temporaryFolder()

test('copies and what survives of them are in one cluster, other documents in none', async () => {
  const shards = [
    [
      { id: 'a', text: 'same' },
      { id: 'b', text: 'other' },
    ],
    [
      { id: 'c', text: 'same' },
      { id: 'd', text: 'same' },
    ],
  ]
  const { runs } = openMeasurement(await measureDocuments(dir, shards, 'exact_dedup'))
  const { run, of } = await readClusters(runs[0]!)
  expect([run, of('b'), of('nobody')]).toEqual(['p', undefined, undefined])
  expect(['a', 'c', 'd'].map(of)).toEqual(['a', 'a', 'a'])
})

test('what survives one deduplication and is a copy by the next joins both clusters', async () => {
  const page = 'one two three four five six seven eight nine ten eleven twelve'
  const shards = [
    [
      { id: 'near', text: `${page} thirteen` },
      { id: 'first', text: page },
      { id: 'second', text: page },
      { id: 'other', text: 'nothing of all this stands in here at all' },
    ],
  ]
  const minhash = 'minhash_dedup: {ngram: 2, bands: 50, rows: 2}'
  const { runs } = openMeasurement(await measureDocuments(dir, shards, 'exact_dedup', minhash))
  const { of } = await readClusters(runs[0]!)
  expect(new Set(['near', 'first', 'second'].map(of))).toEqual(new Set([of('near')]))
  expect([of('near') === undefined, of('other')]).toEqual([false, undefined])
})

test('a run without duplicates has no clusters', async () => {
  const { runs } = openMeasurement(await measureDocuments(dir, [[{ id: 'a', text: 'one' }]]))
  expect((await readClusters(runs[0]!)).of('a')).toBeUndefined()
})

test('documents are counted by how many copies there are', () => {
  const counter = new CopyCounter()
  for (const cluster of [undefined, undefined, 'x', 'y', 'y', ...'zzzz', ...new Array<string>(11).fill('w')]) counter.add(cluster)
  expect(counter.result()).toEqual({ '1': 3, '2': 2, '3–5': 4, '6–10': 0, '11–100': 11, more: 0 })
})

test('every document is counted once', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.constantFrom('a', 'b', 'c'), { nil: undefined })), (clusters) => {
      const counter = new CopyCounter()
      for (const cluster of clusters) counter.add(cluster)
      expect(Object.values(counter.result()).reduce((sum, n) => sum + n, 0)).toBe(clusters.length)
    }),
  )
})
