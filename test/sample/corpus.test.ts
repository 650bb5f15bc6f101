import { describe, expect, test } from 'vitest'
import { type Judged, Names } from '../../src/compare/judge.ts'
import { type Batch, heldOutSeed, otherStratum, Strata, weightSeed } from '../../src/sample/corpus.ts'
import { temporaryFolder } from '../support.ts'
import { corpusOf, keyByHand, measureDocuments } from './support.ts'

const dir = temporaryFolder()
const documents = [
  { id: 'a', text: 'one', weight: 1 },
  { id: 'b', text: 'one two', weight: 0 },
  { id: 'c', text: 'one two three', weight: 3.5 },
]

test('documents have a key in the order of each seed and of the held-out slice, if an arm keeps them', async () => {
  const { corpus } = await corpusOf(await measureDocuments(dir, [documents], 'word_count: {min: 2}'), { seeds: [7, 8] })
  const batches: Batch[] = []
  let shards = 0
  for await (const batch of corpus.batches(() => shards++)) batches.push(batch)
  expect([shards, batches.length, batches[0]!.keys.length]).toEqual([1, 1, 3])
  for (const [s, seed] of [7, 8, heldOutSeed].entries())
    expect(Array.from(batches[0]!.keys[s]!)).toEqual([Number.NaN, keyByHand('b', seed), keyByHand('c', seed)])
  expect(batches[0]!.repeats.map((repeats) => Array.from(repeats))).toEqual([[1, 1, 1]])
})

test('copies that are drawn together have the key of their cluster', async () => {
  const clusters = { run: 'p', of: (id: string) => (id === 'b' ? undefined : 'a') }
  const { corpus } = await corpusOf(await measureDocuments(dir, [documents]), { wholeClusters: true }, clusters)
  for await (const { keys } of corpus.batches(() => {})) expect(Array.from(keys[0]!)).toEqual(['a', 'b', 'a'].map((id) => keyByHand(id, 1)))
})

test('weights are repeats; their fraction is a chance by an order of their own', async () => {
  const { corpus } = await corpusOf(await measureDocuments(dir, [documents], 'field_value: {as: weight, field: weight}'), {
    weight: 'weight',
  })
  const third = keyByHand('c', weightSeed) < 0.5 ? 4 : 3
  for await (const { repeats } of corpus.batches(() => {})) expect(Array.from(repeats[0]!)).toEqual([1, 0, third])
})

describe('strata', () => {
  const languages = new Names()
  for (const name of ['en', 'de', 'fr']) languages.code(name)
  const judged = {
    language: Int32Array.of(0, 1, 2, -1),
    urls: ['https://a.example/', 'https://www.b.example/x', 'https://a.example/y', 'https://c.example/'].map((url) => Buffer.from(url)),
  } as unknown as Judged
  const codes = (strata: Strata): number[] => [0, 1, 2, 3].map((i) => strata.of(judged, languages, i))

  test('without pins there is one', () => {
    const strata = new Strata([])
    expect([strata.names, codes(strata)]).toEqual([['all'], [0, 0, 0, 0]])
  })
  test('small ones are one', () => {
    const strata = new Strata(['language'])
    strata.settle(
      new Map([
        ['de', 400],
        ['en', 600],
        ['fr', 0.9],
      ]),
    )
    expect([strata.names, codes(strata)]).toEqual([
      ['en', 'de', otherStratum],
      [0, 1, 2, 2],
    ])
  })
  test('of two properties are named by both', () => {
    const strata = new Strata(['language', 'domain'])
    expect([0, 1, 2, 3].map((i) => strata.nameOf(judged, languages, i))).toEqual([
      'en · a.example',
      'de · b.example',
      'fr · a.example',
      '(none) · c.example',
    ])
  })
  test.each([[new Map()], [new Map([['(none)', 10]])]])('of documents without the property are refused: %j', (tokens) => {
    expect(() => new Strata(['language']).settle(tokens)).toThrow('--pin language: no document of the first arm has one')
  })
})
