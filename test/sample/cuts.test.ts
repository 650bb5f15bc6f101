import { beforeAll, describe, expect, test } from 'vitest'
import type { Corpus } from '../../src/sample/corpus.ts'
import { type Candidate, type Drawing, eachDocument, findCuts, type Lane } from '../../src/sample/cuts.ts'
import { everything, noDocument } from '../../src/sample/order.ts'
import type { ArmPart } from '../../src/sample/request.ts'
import { TokenCounts } from '../../src/sample/token_counts.ts'
import { temporaryFolder } from '../support.ts'
import { corpusOf, keyByHand, measureDocuments } from './support.ts'

const dir = temporaryFolder()
const shards = [0, 1].map((shard) =>
  Array.from({ length: 10 }, (_, i) => ({ id: `${shard}-${i}`, text: `word${' more'.repeat((3 * i + shard) % 7)}` })),
)
const tokensOf = new Map(shards.flat().map(({ id, text }) => [id, text.split(' ').length]))
const inOrder = [...tokensOf.keys()].sort((a, b) => keyByHand(a, 1) - keyByHand(b, 1))
let corpora: Record<'counted' | 'uncounted', { part: ArmPart; corpus: Corpus }>

beforeAll(async () => {
  corpora = {
    counted: await corpusOf(await measureDocuments(dir, shards, 'token_count')),
    uncounted: await corpusOf(await measureDocuments(dir, shards)),
  }
})

function drawing(of: keyof typeof corpora, budgets: number[], reserved?: Drawing['reserved']): Drawing {
  const lanes = budgets.map((budget): Lane => ({ ...corpora[of], seed: 0, budgets: [budget], rounding: 'reach' }))
  return { lanes, counts: new TokenCounts('gpt2'), reserved, onShard: () => {} }
}

describe.each(['counted', 'uncounted'] as const)('tokens that are %s', (of) => {
  test('end each lane where the documents in order reach its budget', async () => {
    const budgets = [1, 7, 20, 10_000]
    const { ends, shortages } = await findCuts(drawing(of, budgets))
    const all = [...tokensOf.values()].reduce((sum, n) => sum + n, 0)
    for (const [lane, budget] of budgets.entries()) {
      let tokens = 0
      let last = ''
      for (const id of inOrder) {
        if (tokens >= budget) break
        tokens += tokensOf.get(id)!
        last = id
      }
      const [end] = ends[lane]!
      expect([budget, end!.tokens]).toEqual([budget, tokens])
      if (budget <= all) expect(end!.cut.key).toBe(keyByHand(last, 1))
      else expect(end!.cut).toEqual(everything)
    }
    expect(shortages).toEqual([{ lane: 3, stratum: 0, budget: 10_000, tokens: all }])
  })
})

test('what is reserved is no candidate', async () => {
  const { corpus } = corpora.counted
  const seen = async (reserved?: Drawing['reserved']): Promise<Candidate[]> => {
    const found: Candidate[] = []
    await eachDocument(drawing('counted', [1], reserved), (candidate) => found.push(candidate))
    return found
  }
  expect((await seen()).map(({ shard, row, tokens }) => [shard, row, tokens])).toEqual(
    shards.flatMap((documents, shard) => documents.map(({ id }, row) => [shard, row, tokensOf.get(id)])),
  )
  expect(await seen({ corpora: [corpus], cuts: [[everything]], isCopy: undefined })).toEqual([])
  const copies = new Set(shards[0]!.map(({ id }) => id))
  const others = await seen({ corpora: [corpus], cuts: [[noDocument]], isCopy: (id) => copies.has(id) })
  expect(others.map(({ shard }) => shard)).toEqual(shards.slice(1).flatMap((documents, shard) => documents.map(() => shard + 1)))
})

test('a lane without a budget has no candidates', async () => {
  const lanes: number[] = []
  await eachDocument(drawing('counted', [0, 5]), ({ lane }) => lanes.push(lane))
  expect(lanes).toEqual(new Array(20).fill(1))
})
