import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { lookAt } from '../../src/compare/documents.ts'
import { type MeasuredRun, openMeasurement } from '../../src/compare/measurement.ts'
import { jsonShards, temporaryFolder } from '../support.ts'
import { measureDocuments } from './support.ts'

const dir = temporaryFolder()
let run: MeasuredRun

beforeAll(async () => {
  const shards = [
    [
      { id: 'a', text: 'one', url: 'https://a.example/' },
      { id: 'b', text: 'one two é' },
    ],
    [{ id: 'c', text: 'one two three four' }],
  ]
  run = openMeasurement(await measureDocuments(dir, 'run', jsonShards(dir, shards), 'word_count: {min: 2}', 'token_count')).runs[0]!
})

test('documents come in the order asked for, with texts', async () => {
  const places = [
    { shard: 1, verdictRow: 0, dataRow: 0 },
    { shard: 0, verdictRow: 1, dataRow: 1 },
    { shard: 0, verdictRow: 0, dataRow: 0 },
  ]
  expect(await lookAt(run, places, true)).toEqual([
    { id: 'c', url: '', reason: null, tokens: 4, text: 'one two three four' },
    { id: 'b', url: '', reason: null, tokens: 3, text: 'one two é' },
    { id: 'a', url: 'https://a.example/', reason: 'word_count.min', tokens: 1, text: 'one' },
  ])
})

test('texts are left out where nobody asks for them, or where there are none', async () => {
  expect(await lookAt(run, [{ shard: 0, verdictRow: 0, dataRow: 0 }], false)).toEqual([
    { id: 'a', url: 'https://a.example/', reason: 'word_count.min', tokens: 1 },
  ])
  const [document] = await lookAt(run, [{ shard: 0, verdictRow: 1, dataRow: -1 }], true)
  expect(document).not.toHaveProperty('text')
  expect(await lookAt({ ...run, dir: join(dir, 'gone') }, [], true)).toEqual([])
})
