import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { markBroken, rulesBeforeBarriers, rulesIn } from '../../src/compare/rules.ts'
import { type Bounds, brokenBound } from '../../src/core/filter.ts'
import { readConfig } from '../../src/pipeline/config.ts'
import { makePlan } from '../../src/pipeline/make_plan.ts'
import type { Plan } from '../../src/pipeline/plan.ts'
import { fileWith, temporaryFolder } from '../support.ts'

const dir = temporaryFolder()
let files = 0
const planOf = (...steps: string[]): Promise<Plan> => {
  const lines = ['read', ...steps, 'write'].map((step) => `  - ${step}\n`).join('')
  const config = readConfig(fileWith(dir, `p${files++}.yaml`, `name: p\nsteps:\n${lines}`))
  return makePlan(config, [], { measure: true, audit: 0, keep_removed: false, limit: null })
}

describe('rules in terms of a measured run', () => {
  test('name the column that holds their values, whatever it is called there', async () => {
    const run = await planOf('word_count: {as: words, min: 3}', 'char_count')
    expect(rulesIn(run, await planOf('char_count: {max: 9}', 'word_count: {above: 5, below: 20}'))).toEqual([
      { label: 'char_count', column: 'char_count', bounds: { max: 9 } },
      { label: 'word_count', column: 'words', bounds: { above: 5, below: 20 } },
    ])
  })
  test('are none without a bound', async () => {
    const run = await planOf('word_count: {min: 3}')
    expect(rulesIn(run, await planOf('word_count', 'char_count'))).toEqual([])
  })
  test.each<[string[], string[], string]>([
    [['word_count'], ['line_count: {min: 1}'], 'it has not measured line_count with these options'],
    [['word_count'], ['trim_lines', 'word_count: {min: 1}'], 'its text was extracted differently: it has no trim_lines'],
    [['drop_short_lines: {min_words: 3}'], ['drop_short_lines: {min_words: 4}'], 'drop_short_lines has other options'],
  ])('of %j cannot be those of %j', async (measured, needed, message) => {
    const [run, pipeline] = [await planOf(...measured), await planOf(...needed)]
    expect(() => rulesIn(run, pipeline)).toThrow(message)
  })
})

test('rules are counted up to each barrier', async () => {
  const plan = await planOf('word_count: {min: 3}', 'exact_dedup', 'char_count', 'line_count: {min: 2}', 'minhash_dedup')
  expect(rulesBeforeBarriers(plan, rulesIn(plan, plan))).toEqual(
    new Map([
      ['exact_dedup', 1],
      ['minhash_dedup', 2],
    ]),
  )
})

test('bits are set where a value breaks the bounds, and nowhere else', () => {
  const bound = fc.option(fc.integer({ min: -3, max: 3 }), { nil: undefined })
  const values = fc.array(fc.oneof(fc.integer({ min: -4, max: 4 }), fc.constant(Number.NaN)), { maxLength: 20 })
  fc.assert(
    fc.property(values, fc.record({ min: bound, max: bound, above: bound, below: bound }), fc.nat({ max: 69 }), (list, bounds, rule) => {
      const [words, first] = [3, 2]
      const textBytes = Float64Array.from({ length: first + list.length }, (_, i) => (i % 3 === 0 ? Number.NaN : i))
      const broken = new Uint32Array(words * textBytes.length)
      markBroken(Float64Array.from(list), bounds, broken, { rule, words, first, textBytes })
      const expected = new Uint32Array(broken.length)
      for (const [i, value] of list.entries()) {
        const hasText = !Number.isNaN(textBytes[first + i]!)
        const isMissing = Number.isNaN(value) && !hasText
        // A missing value breaks a rule even where only a bound of the other kind is set.
        const breaks =
          brokenBound(value, bounds as Bounds) !== undefined || (Number.isNaN(value) && Object.values(bounds).every((b) => b === undefined))
        if (breaks && !isMissing) expected[words * (first + i) + (rule >> 5)] = (1 << (rule & 31)) >>> 0
      }
      expect(broken).toEqual(expected)
    }),
  )
})
