import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { compareArms } from '../../src/compare/comparison.ts'
import { type Arm, armOf, type Measurement, openMeasurement } from '../../src/compare/measurement.ts'
import { decant, jsonShards, readJson, temporaryFolder } from '../support.ts'
import { measureCrawl, measureDocuments, tallyOf } from './support.ts'

const dir = temporaryFolder()
const measured = join(dir, 'measured')
let measurement: Measurement
let armWith: (...set: string[]) => Promise<Arm>

beforeAll(async () => {
  measurement = await measureCrawl(dir, measured)
  armWith = (...set) => armOf(measurement, undefined, { set })
})

test('compare says who keeps what, and why the other does not', async () => {
  const { stdout } = await decant(['compare', measured, '--set', 'word_count.min=300', '--json', '--samples', '2'])
  const result = JSON.parse(stdout) as Record<'only_a' | 'only_b' | 'both' | 'neither', { documents: number }> & {
    a: { kept: { documents: number } }
    samples: { only_a: { values: Record<string, number> }[] }
  }
  const [a, b] = [await tallyOf(await armWith()), await tallyOf(await armWith('word_count.min=300'))]
  expect(result.only_a.documents).toBe(a.kept.documents - b.kept.documents)
  expect([result.only_b.documents, result.both.documents]).toEqual([0, b.kept.documents])
  expect(result.samples.only_a.map(({ values }) => values['word_count']! < 300)).toEqual([true, true])
  const words = (await decant(['compare', measured, '--set', 'word_count.min=300'])).stdout
  expect(words).toContain('kept by p (A)')
  expect(words).toMatch(/only p \(A\) keeps; what p \(B\) objects to\n {2}\S+\n {4}word_count \d+\n/)
  expect(readJson<{ options: { measure: boolean } }>(join(measured, 'manifest.json')).options.measure).toBe(true)
})

test('who keeps what, by hand', async () => {
  const texts = ['a', 'a b', 'a b c', 'a b c d', 'a b c d e']
  const input = jsonShards(dir, [texts.map((text, i) => ({ id: `d${i}`, text }))])
  const opened = openMeasurement(await measureDocuments(dir, 'small', input, 'word_count: {min: 2, max: 4}', 'token_count'))
  const [a, b] = [await armOf(opened, undefined), await armOf(opened, undefined, { set: ['word_count.min=3', 'word_count.max=5'] })]
  const options = { samples: 5, seed: 0, nearest: 2, by: ['length'], texts: true, values: 100 }
  const found = await compareArms(opened, a, b, options)
  const amount = (documents: number, bytes: number, tokens: number) => ({ documents, bytes, tokens })
  expect([found.documents, found.both, found.only_a, found.only_b, found.neither]).toEqual([
    5,
    amount(2, 12, 7),
    amount(1, 3, 2),
    amount(1, 9, 5),
    amount(1, 1, 1),
  ])
  expect(found.both_in_b).toEqual(found.both)
  expect(found.samples).toEqual({
    only_a: [{ id: 'd1', url: '', reason: null, tokens: 2, text: 'a b', values: { word_count: 2 }, removed_before: null }],
    only_b: [
      { id: 'd4', url: '', reason: 'word_count.max', tokens: 5, text: 'a b c d e', values: { word_count: 5 }, removed_before: null },
    ],
  })
  const { nearest } = found.a.rules[0]!
  expect(nearest.removed.map(({ id }) => id)).toEqual(['d0', 'd4'])
  expect(nearest.kept.map(({ id }) => id)).toEqual(['d1', 'd3'])
  expect(found.distributions).toEqual(new Map([['word_count', [1, 2, 3, 4, 5]]]))
  expect(found.by.map(({ by, parts }) => [by, parts.map(({ name, a, b }) => [name, a, b])])).toEqual([
    [
      'length (tokens)',
      [
        ['1', 0, 0],
        ['2–3', 2, 1],
        ['4–7', 1, 2],
      ],
    ],
  ])
})
