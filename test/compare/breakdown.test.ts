import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { partCounters } from '../../src/compare/breakdown.ts'
import { type Judged, Names } from '../../src/compare/judge.ts'
import { judgedBy } from './support.ts'

const bytes = (...texts: string[]): Uint8Array[] => texts.map((text) => Buffer.from(text))
const namesOf = (...list: string[]): Names => {
  const names = new Names()
  for (const name of list) names.code(name)
  return names
}

/** Three documents: A keeps the first two, B the last two; a fourth reaches no rule. */
const judged = (more: Partial<Judged> = {}): Judged =>
  judgedBy(
    [{ kept: true, tokens: 1 }, { kept: true, tokens: 3 }, { tokens: 5 }, { reached: false }],
    [{ tokens: 1 }, { kept: true, tokens: 2 }, { kept: true, tokens: 5 }, { reached: false }],
    more,
  )
const part = (name: string, documents: number, tokens: [number, number], kept: [number, number], keptTokens: [number, number]) => ({
  ...{ name, documents, tokens: tokens[0], tokens_in_b: tokens[1] },
  ...{ a: kept[0], b: kept[1], tokens_a: keptTokens[0], tokens_b: keptTokens[1] },
})
function breakdown(by: string, more: Partial<Judged>, columns: string[] = []) {
  const names = { languages: namesOf('en', 'de'), dumps: namesOf('2025-01') }
  const [counter] = partCounters([by], names, columns, () => 0)
  counter!.add(judged(more))
  return counter!.result()
}

describe('documents and tokens of each part, the largest first', () => {
  test('by language', () => {
    expect(breakdown('language', { language: Int32Array.of(1, 1, 0, 0) })).toEqual({
      by: 'language',
      parts: [part('de', 2, [4, 3], [2, 1], [4, 2]), part('en', 1, [5, 5], [0, 1], [0, 5])],
    })
  })
  test('by dump, where it is known', () => {
    expect(breakdown('dump', { dump: Int32Array.of(0, -1, -1, 0) })).toEqual({
      by: 'dump',
      parts: [part('(none)', 2, [8, 7], [1, 2], [3, 7]), part('2025-01', 1, [1, 1], [1, 0], [1, 0])],
    })
  })
  test('by domain', () => {
    const urls = bytes('https://www.a.example/1', 'https://a.example/2', 'https://b.example/', 'https://c.example/')
    expect(breakdown('domain', { urls }).parts.map(({ name, documents }) => [name, documents])).toEqual([
      ['a.example', 2],
      ['b.example', 1],
    ])
  })
  test('by length, in powers of two', () => {
    expect(breakdown('length', {})).toEqual({
      by: 'length (tokens)',
      parts: [part('1', 1, [1, 1], [1, 0], [1, 0]), part('2–3', 1, [3, 2], [1, 1], [3, 2]), part('4–7', 1, [5, 5], [0, 1], [0, 5])],
    })
  })
  test('by length in bytes, where tokens were not counted', () => {
    const [counter] = partCounters(['length'], { languages: new Names(), dumps: new Names() }, [], () => 0)
    counter!.add(judgedBy([{ bytes: 0 }, { bytes: 9 }], [{ bytes: 0 }, { bytes: 9 }]))
    const { by, parts } = counter!.result()
    expect([by, parts.map(({ name }) => name)]).toEqual(['length (bytes)', ['0', '8–15']])
  })
  test('by a measured value', () => {
    const values = [Float64Array.of(0.25, 0.5, 2, 7)]
    expect(breakdown('ratio', { values }, ['ratio']).parts.map(({ name, documents }) => [name, documents])).toEqual([
      ['0.250 – < 0.500', 1],
      ['0.500 – < 2', 1],
      ['2 – 2', 1],
    ])
  })
})

test('what is no property and was not measured is refused', () => {
  expect(() => breakdown('colour', {}, ['word_count'])).toThrow('--by colour: not a property, and nothing measured has that name')
})

test('each document that has a value is in one part', () => {
  const numbers = fc.array(fc.oneof(fc.integer({ min: 0, max: 5 }), fc.constant(Number.NaN)), { minLength: 1, maxLength: 50 })
  fc.assert(
    fc.property(numbers, (list) => {
      const fates = list.map((_, i) => ({ kept: i % 2 === 0, tokens: i }))
      const [counter] = partCounters(['n'], { languages: new Names(), dumps: new Names() }, ['n'], () => 0)
      counter!.add(judgedBy(fates, fates, { values: [Float64Array.from(list)] }))
      const { parts } = counter!.result()
      const isKnown = list.map((value) => !Number.isNaN(value))
      expect(parts.reduce((sum, { documents }) => sum + documents, 0)).toBe(isKnown.filter(Boolean).length)
      expect(parts.reduce((sum, { a }) => sum + a, 0)).toBe(isKnown.filter((known, i) => known && i % 2 === 0).length)
      expect(parts.every(({ a, b, tokens, tokens_in_b }) => a === b && tokens === tokens_in_b)).toBe(true)
    }),
  )
})
