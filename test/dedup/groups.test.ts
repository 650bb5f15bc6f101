import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { duplicatesIn, ExactKeyWriter, slices as exactSlices, keyGroups } from '../../src/dedup/exact_keys.ts'
import { ByteList, Groups, groupsFor } from '../../src/dedup/groups.ts'
import { compareSegments, type Keep, SegmentWriter, slices } from '../../src/dedup/segments.ts'
import { random, temporaryFolder } from '../support.ts'

const dir = temporaryFolder()
const scratch = join(dir, 'scratch', 'group')
mkdirSync(join(dir, 'scratch'))
const leftovers = (): string[] => readdirSync(join(dir, 'scratch'))
const next = random(7)
const below = (n: number): number => Math.floor(next() * n)

test.each([
  ['in memory', undefined],
  ['through files', scratch],
])('bytes come back by group, %s', (_, path) => {
  const groups = new Groups(3, path)
  const expected: number[][] = [[], [], []]
  for (let i = 0; i < 2000; i++) {
    const [group, bytes] = [below(2), Array.from({ length: below(90) }, () => below(256))]
    groups.add(group, Uint8Array.from(bytes))
    expected[group]!.push(...bytes)
  }
  expect([...groups.take()].map((bytes) => [...bytes])).toEqual(expected)
  expect(leftovers()).toEqual([])
})

test('bytes of any length are added', () => {
  const list = new ByteList()
  for (const length of [0, 1, 63, 1, 5000, 3]) list.add(new Uint8Array(length).fill(length))
  expect(list.length).toBe(5068)
  expect([...list.view().subarray(60, 68)]).toEqual([63, 63, 63, 63, 1, 136, 136, 136])
})

test.each([
  [0, 1],
  [100, 1],
  [101, 3],
  [1000, 20],
])('%i bytes, of which 100 fit into memory: %i groups', (bytes, groups) => {
  expect(groupsFor(bytes, 100)).toBe(groups)
})

test.each([
  [0, exactSlices],
  [17, 90],
])('the same exact duplicates through files: slices %i to %i', (from, to) => {
  const files = Array.from({ length: 3 }, (_, index) => {
    const writer = new ExactKeyWriter(index)
    for (let row = 0; row < 600; row++)
      writer.add(
        createHash('sha256')
          .update(String(below(400)))
          .digest(),
        row,
        `id-${below(300)}é`,
      )
    const path = join(dir, `keys-${index}`)
    writer.write(path)
    return { index, path }
  })
  const found = (most?: number): string[][] => {
    const groups = keyGroups(files, { from, to, scratch, ...(most === undefined ? {} : { most }) })
    return [...groups].map((group) => [...duplicatesIn(group)].map((duplicate) => JSON.stringify(duplicate)))
  }
  const [whole, parts] = [found(), found(2048)]
  expect(whole).toHaveLength(1)
  expect(parts.length).toBeGreaterThan(10)
  expect(whole[0]!.length).toBeGreaterThan(200)
  expect(parts.flat().sort()).toEqual(whole[0]!.sort())
  expect(leftovers()).toEqual([])
})

test.each<[Keep, number, number]>([
  ['first', 0, slices],
  ['none', 30, 100],
])('the same segments through files: keep %s, slices %i to %i', (keep, from, to) => {
  const files = Array.from({ length: 3 }, (_, i) => {
    const writer = new SegmentWriter()
    for (let doc = 0; doc < 50; doc++) {
      writer.begin(20, [below(2 ** 31), below(2 ** 31)])
      for (let segment = 0; segment < 20; segment++) writer.add(below(4), Math.imul(below(500), 0x9e3779b1), segment)
    }
    const path = join(dir, `segments-${i}`)
    writer.write(path, join(dir, 'local'), keep)
    return { index: 2 * i, path }
  })
  const found = (most?: number): [number, number[]][] =>
    [...compareSegments(files, { keep, from, to, scratch, ...(most === undefined ? {} : { most }) })]
      .map(([shard, numbers]): [number, number[]] => [shard, [...numbers.view()].sort((a, b) => a - b)])
      .sort(([a], [b]) => a - b)
  const whole = found()
  expect(whole.map(([shard]) => shard)).toEqual([0, 2, 4])
  expect(found(2048)).toEqual(whole)
  expect(leftovers()).toEqual([])
})
