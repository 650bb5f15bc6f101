import { join } from 'node:path'
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { Tally } from '../../src/compare/attribution.ts'
import { type Arm, armOf, type Measurement } from '../../src/compare/measurement.ts'
import { temporaryFolder } from '../support.ts'
import { brokenByHand, measureCrawl, tallyOf, verdictRows, verdictsOf } from './support.ts'

const dir = temporaryFolder()
const measured = join(dir, 'measured')
let measurement: Measurement
let armWith: (...set: string[]) => Promise<Arm>

beforeAll(async () => {
  measurement = await measureCrawl(dir, measured)
  armWith = (...set) => armOf(measurement, undefined, { set })
})

test('what each rule does is what counting document by document gives', async () => {
  const arm = await armWith()
  const broken = brokenByHand(arm, await verdictRows(measured, 3)).map((list) => list ?? [])
  const documents = (wanted: (rules: number[]) => boolean): number => broken.filter(wanted).length
  const tally = await tallyOf(arm)
  const attributions = tally.rules
  attributions.forEach(({ first, solo, unique, share }, r) => {
    expect([first, solo, unique].map((amount) => amount.documents)).toEqual([
      documents((list) => list[0] === r),
      documents((list) => list.includes(r)),
      documents((list) => list.length === 1 && list[0] === r),
    ])
    const byHand = broken.reduce((sum, list) => sum + (list.includes(r) ? 1 / list.length : 0), 0)
    expect(share.documents).toBeCloseTo(byHand, 9)
  })
  expect(attributions.reduce((sum, { share }) => sum + share.documents, 0)).toBeCloseTo(
    documents((list) => list.length > 0),
    9,
  )
  const byHand = arm.rules.map((_, a) => arm.rules.map((__, b) => documents((list) => list.includes(a) && list.includes(b))))
  expect(tally.overlaps).toEqual(byHand)
})

test('shares are Shapley values: the mean over all orders of what each rule is the first to remove', async () => {
  const arm = await armWith()
  const broken = brokenByHand(arm, await verdictRows(measured, 3)).flatMap((list) => (list && list.length > 0 ? [list] : []))
  const orders = (items: number[]): number[][] =>
    items.length < 2 ? [items] : items.flatMap((item) => orders(items.filter((other) => other !== item)).map((rest) => [item, ...rest]))
  const all = orders([...arm.rules.keys()])
  const { rules } = await tallyOf(arm)
  rules.forEach(({ share }, r) => {
    const firsts = all.map((order) => broken.filter((list) => order.find((rule) => list.includes(rule)) === r).length)
    expect(share.documents).toBeCloseTo(firsts.reduce((a, b) => a + b, 0) / all.length, 9)
  })
})

test('documents and tokens by hand', () => {
  const tally = new Tally(['a', 'b'])
  tally.add(
    verdictsOf(
      [
        { kept: true, bytes: 10, tokens: 2 },
        { broken: [0], bytes: 20, tokens: 4 },
        { broken: [0, 1], bytes: 40, tokens: 8 },
        { bytes: 80, tokens: 16 },
        { reached: false, broken: [1], bytes: 160, tokens: 32 },
      ],
      2,
    ),
  )
  const amount = (documents: number, bytes: number, tokens: number) => ({ documents, bytes, tokens })
  expect(tally.reached).toEqual(amount(4, 150, 30))
  expect(tally.kept).toEqual(amount(1, 10, 2))
  expect(tally.byBarriers).toEqual(amount(1, 80, 16))
  expect(tally.rules).toEqual([
    { label: 'a', first: amount(2, 60, 12), solo: amount(2, 60, 12), unique: amount(1, 20, 4), share: amount(1.5, 40, 8) },
    { label: 'b', first: amount(0, 0, 0), solo: amount(1, 40, 8), unique: amount(0, 0, 0), share: amount(0.5, 20, 4) },
  ])
  expect(tally.overlaps).toEqual([
    [2, 1],
    [1, 1],
  ])
})

test('shares add up to what is removed, for more rules than fit into one number', () => {
  const rules = 70
  fc.assert(
    fc.property(fc.array(fc.uniqueArray(fc.integer({ min: 0, max: rules - 1 }), { maxLength: 9 }), { maxLength: 40 }), (broken) => {
      const tally = new Tally(Array.from({ length: rules }, (_, i) => `rule ${i}`))
      tally.add(
        verdictsOf(
          broken.map((list) => ({ broken: list, kept: list.length === 0, bytes: 1, tokens: 1 })),
          rules,
        ),
      )
      const removed = broken.filter((list) => list.length > 0).length
      const sum = (part: 'first' | 'share'): number => tally.rules.reduce((all, rule) => all + rule[part].documents, 0)
      expect(sum('first')).toBe(removed)
      expect(sum('share')).toBeCloseTo(removed, 9)
      expect(tally.rules.map(({ solo }) => solo.documents)).toEqual(tally.overlaps.map((row, i) => row[i]))
    }),
  )
})
