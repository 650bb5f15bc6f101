import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openMeasurement } from '../../src/compare/measurement.ts'
import { byShard, type ChosenRow, readRows, rowGroupsOf, writeRows } from '../../src/sample/rows.ts'
import { temporaryFolder } from '../support.ts'
import { measureDocuments } from './support.ts'

const dir = temporaryFolder()
const path = join(dir, 'rows.parquet')
const row: ChosenRow = {
  ...{ source: 0, part: 0, shard: 0, row: 0, data_row: 0, row_group: 0, row_in_group: 0 },
  ...{ id: 'a', tokens: 1, repeats: 1, key: 0.5 },
}

async function written(rows: readonly ChosenRow[]): Promise<ChosenRow[]> {
  const file = await writeRows(path)
  for (const each of rows) file.write(each)
  await file.close()
  const read: ChosenRow[] = []
  for await (const batch of readRows(path)) read.push(...batch)
  return read
}

test('rows are read as they were written', async () => {
  const whole = fc.nat({ max: 2 ** 31 - 1 })
  const numbers = { source: whole, part: whole, shard: whole, row: whole, data_row: whole, row_group: whole, row_in_group: whole }
  const key = fc.double({ min: 0, max: 1, noNaN: true })
  const rows = fc.record({ ...numbers, id: fc.string({ unit: 'grapheme' }), tokens: fc.nat({ max: 2 ** 40 }), repeats: whole, key })
  await fc.assert(
    fc.asyncProperty(fc.array(rows, { maxLength: 20 }), async (list) => {
      expect(await written(list)).toEqual(list.map((each) => ({ ...each, key: each.key + 0 })))
    }),
    { numRuns: 20 },
  )
})

test('rows of a shard come together', async () => {
  await written([row, { ...row, row: 1 }, { ...row, shard: 1 }, { ...row, source: 1, shard: 1 }])
  const shards: unknown[] = []
  for await (const { source, shard, chosen } of byShard(path)) shards.push([source, shard, chosen.map((each) => each.row)])
  expect(shards).toEqual([
    [0, 0, [0, 1]],
    [0, 1, [0]],
    [1, 1, [0]],
  ])
})

test('the row group of a row, forwards and from the start again', async () => {
  const documents = Array.from({ length: 5 }, (_, i) => ({ id: `d${i}`, text: 'text' }))
  const { runs } = openMeasurement(await measureDocuments(dir, [documents]))
  const groupOf = await rowGroupsOf(runs[0]!, 0)
  expect([0, 4, 2].map(groupOf)).toEqual([0, 4, 2].map((n) => ({ row_group: 0, row_in_group: n })))
})
