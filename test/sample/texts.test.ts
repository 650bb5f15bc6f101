import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { readTexts } from '../../src/sample/texts.ts'
import { temporaryFolder } from '../support.ts'
import { measureDocuments } from './support.ts'

const dir = temporaryFolder()
let run: string

beforeAll(async () => {
  const shards = [[{ id: 'a', text: 'one' }], ['b', 'c', 'd'].map((id) => ({ id, text: `text of ${id}, ä 😀` }))]
  run = join(await measureDocuments(dir, shards, 'char_count: {min: 5}'), 'p')
})

async function texts(shard: number, isWanted: (row: number) => boolean) {
  const found: unknown[] = []
  for await (const { row, id, text } of readTexts(run, shard, isWanted)) found.push([row, id, text])
  return found
}

test('the texts of a shard by row, those chosen only', async () => {
  expect(await texts(0, () => true)).toEqual([[0, 'a', 'one']])
  expect(await texts(1, (row) => row !== 1)).toEqual([
    [0, 'b', 'text of b, ä 😀'],
    [2, 'd', 'text of d, ä 😀'],
  ])
  expect(await texts(1, () => false)).toEqual([])
})
