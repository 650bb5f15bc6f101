import { beforeAll, expect, test } from 'vitest'
import { type ArmVerdicts, judge } from '../../src/compare/judge.ts'
import { type MeasuredRun, openMeasurement } from '../../src/compare/measurement.ts'
import { TokenCounts } from '../../src/sample/token_counts.ts'
import { verdictsOf } from '../compare/support.ts'
import { temporaryFolder } from '../support.ts'
import { armsOf, measureDocuments } from './support.ts'

const dir = temporaryFolder()
const documents = ['one two three', 'one', 'a much longer text than both of these'].map((text, i) => ({ id: `d${i}`, text }))
let [counted, uncounted] = [] as unknown as [MeasuredRun, MeasuredRun]
let verdicts: ArmVerdicts

beforeAll(async () => {
  counted = openMeasurement(await measureDocuments(dir, [documents], 'token_count')).runs[0]!
  const measured = await measureDocuments(dir, [documents])
  uncounted = openMeasurement(measured).runs[0]!
  const [arm] = await armsOf(measured, 'p')
  for await (const { arms } of judge(1, [arm!.parts[0]!.arm])) verdicts = arms[0]!
})

test('a run that counted with this tokenizer is believed', () => {
  const counts = new TokenCounts('gpt2')
  expect([counts.isCounted(counted), counts.isCounted(uncounted), new TokenCounts('cl100k_base').isCounted(counted)]).toEqual([
    true,
    false,
    false,
  ])
  const known = verdictsOf([{ tokens: 12, bytes: 99 }])
  expect([counts.of(counted, 0, 0, known, 0), counts.isGuess(counted, 0, 0, known, 0)]).toEqual([12, false])
})

test('others are guessed from bytes, until their texts are counted', async () => {
  const counts = new TokenCounts('gpt2')
  const tokens = (): number[] => [0, 1, 2].map((i) => counts.of(uncounted, 0, i, verdicts, i))
  // A quarter of the bytes, and one at least.
  expect(tokens()).toEqual([3, 1, 9])
  await counts.count(uncounted, 0, new Map([[0, 0]]))
  expect([0, 1, 2].map((i) => counts.isGuess(uncounted, 0, i, verdicts, i))).toEqual([false, true, true])
  // 3 tokens of 13 bytes, beside the first assumption.
  expect(tokens()).toEqual([3, 1, Math.round((37 * 3.25) / 14)])
  await counts.count(uncounted, 0, new Map([[2, 2]]))
  expect(tokens()).toEqual([3, 1, 8])
})
