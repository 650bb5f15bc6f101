import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Arm, armOf, type Measurement, openMeasurement } from '../../src/compare/measurement.ts'
import { sweepBound } from '../../src/compare/sweep.ts'
import { decant, jsonShards, temporaryFolder } from '../support.ts'
import { measureCrawl, measureDocuments, tallyOf } from './support.ts'

const dir = temporaryFolder()
const measured = join(dir, 'measured')
let measurement: Measurement
let armWith: (...set: string[]) => Promise<Arm>

beforeAll(async () => {
  measurement = await measureCrawl(dir, measured)
  armWith = (...set) => armOf(measurement, undefined, { set })
})

interface Sweep {
  current: number
  candidates: number
  kept: { threshold: number; documents: number; tokens: number }[]
  nearest: { id: string; value: number }[]
}

describe('sweep', () => {
  test.each([
    ['word_count.min', 50],
    ['duplicate_line_ratio.max', 0.3],
    ['mean_word_length.above', 3],
    ['mean_word_length.below', 10],
  ])('%s: each threshold keeps what deciding with it keeps', async (target, current) => {
    const { stdout } = await decant(['sweep', measured, target, '--json'])
    const result = JSON.parse(stdout) as Sweep
    expect([result.current, result.kept.length]).toEqual([current, 21])
    for (const { threshold, documents, tokens } of result.kept.filter((_, i) => i % 5 === 0)) {
      // No number is above 3 and below 2: not a setting that can be run.
      if (target === 'mean_word_length.below' && threshold <= 3) {
        expect(documents).toBe(0)
        continue
      }
      const { kept } = await tallyOf(await armWith(`${target}=${threshold}`))
      expect([threshold, documents, tokens]).toEqual([threshold, kept.documents, kept.tokens])
    }
  })

  test('shows the documents nearest to the bound', async () => {
    const result = JSON.parse((await decant(['sweep', measured, 'line_punct_ratio.min', '--json', '--nearest', '2'])).stdout) as Sweep
    const values = result.nearest.map(({ value }) => value)
    expect(values).toEqual([...values].sort((a, b) => a - b))
    expect(values.filter((value) => value < 0.5).length).toBe(2)
  })

  test.each([
    ['word_count', 'decant: word_count: not a bound'],
    ['wrd_count.min', 'decant: wrd_count.min: no step measures "wrd_count"; did you mean word_count?'],
  ])('of %s', async (target, message) => {
    const { code, stderr } = await decant(['sweep', measured, target])
    expect([code, stderr.split('\n')[0]]).toEqual([2, message])
  })
})

describe('by hand', () => {
  const texts = ['a', 'a b', 'a b', 'a b c', 'a b c d']
  let small: Measurement
  beforeAll(async () => {
    const input = jsonShards(dir, [texts.map((text, i) => ({ id: `d${i}`, text }))])
    small = openMeasurement(await measureDocuments(dir, 'small', input, 'word_count: {min: 2}'))
  })
  test.each([
    ['min', [5, 4, 2, 1]],
    ['max', [1, 3, 4, 5]],
    ['above', [4, 2, 1, 0]],
    ['below', [0, 1, 3, 4]],
  ] as const)('%s keeps %j at 1, 2, 3 and 4', async (bound, documents) => {
    const arm = await armOf(small, undefined, { set: ['word_count.min=null'] })
    const options = { from: 1, to: 4, step: 1, nearest: 0, texts: false }
    const { kept, current, candidates } = await sweepBound(small, arm, { label: 'word_count', bound }, options)
    expect(kept.map((at) => [at.threshold, at.documents])).toEqual(documents.map((n, i) => [i + 1, n]))
    expect([current, candidates]).toEqual([null, 5])
  })
  test('thresholds that make no range are refused', async () => {
    const arm = await armOf(small, undefined)
    const sweep = (options: object) =>
      sweepBound(small, arm, { label: 'word_count', bound: 'min' }, { nearest: 0, texts: false, ...options })
    await expect(sweep({ from: 5, to: 1 })).rejects.toThrow('--from 5 is more than --to 1')
    await expect(sweep({ from: 0, to: 1, step: 1e-6 })).rejects.toThrow('--step 0.000001 is too small for 0 to 1')
  })
})
