import fc from 'fast-check'
import { expect, test } from 'vitest'
import { duplicateIds, duplicateIdsNote } from '../../src/compare/duplicate_ids.ts'
import { openMeasurement } from '../../src/compare/measurement.ts'
import { jsonShards, temporaryFolder } from '../support.ts'
import { measureDocuments } from './support.ts'

const dir = temporaryFolder()
let measured = 0

/** Measured documents with these ids, shard by shard. */
async function runOf(...shards: (readonly string[])[]) {
  const inputs = jsonShards(
    dir,
    shards.map((ids) => ids.map((id, i) => ({ id, text: `text ${i}` }))),
  )
  return openMeasurement(await measureDocuments(dir, `m${measured++}`, inputs)).runs[0]!
}

test('documents that share an id are counted over all shards, and some are located', async () => {
  const run = await runOf(['a', 'b', 'a'], ['c', 'a', 'd'], ['d', 'é', 'e'])
  const { documents, ids, examples } = await duplicateIds([run])
  expect([documents, ids]).toEqual([5, 2])
  const place = (shard: number, row: number) => ({ measurement: 0, shard, row })
  const byId = Object.fromEntries(examples.map(({ id, documents: places }) => [id, places]))
  expect(byId).toEqual({ a: [place(0, 0), place(0, 2)], d: [place(1, 2), place(2, 0)] })
})

test('two measurements may hold the same id', async () => {
  const found = await duplicateIds([await runOf(['a', 'b']), await runOf(['x', 'b'])])
  const documents = [
    { measurement: 0, shard: 0, row: 1 },
    { measurement: 1, shard: 0, row: 1 },
  ]
  expect(found).toEqual({ documents: 2, ids: 1, examples: [{ id: 'b', documents }] })
  expect(duplicateIdsNote(found)).toBe(
    '2 documents share their id with another one (1 id), such as b (source 1, shard 0, row 1; source 2, shard 0, row 1)',
  )
})

test('ids that are all different give no note', async () => {
  expect(duplicateIdsNote(await duplicateIds([await runOf(['a', 'b'], ['c'])]))).toBeUndefined()
})

test('the count is the same in any number of passes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 20 }), fc.nat(7), async (numbers, most) => {
      const ids = numbers.map((n) => `id${n}`)
      const times = new Map<string, number>()
      for (const id of ids) times.set(id, (times.get(id) ?? 0) + 1)
      const shared = [...times.values()].filter((n) => n > 1)
      const found = await duplicateIds([await runOf(ids)], { most: most + 1, examples: 20 })
      expect([found.documents, found.ids]).toEqual([shared.reduce((a, b) => a + b, 0), shared.length])
      expect(found.examples.map(({ id }) => id).sort()).toEqual([...times].flatMap(([id, n]) => (n > 1 ? [id] : [])).sort())
    }),
    { numRuns: 10 },
  )
})
