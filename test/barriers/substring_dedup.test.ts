import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { inOrder } from '../stages/segments.ts'
import { decant, fileWith, jsonShards, products, random, runShards, temporaryFolder } from '../support.ts'
import { expectHealed } from './support.ts'

const dir = temporaryFolder()
const [d1, d2, d3] = inOrder(['a', 'b', 'c']) as [string, string, string]

describe('stretches of three words', () => {
  test.each<[string, string, Record<string, string>, Record<string, string>]>([
    ['stay where they come first', '', { [d1]: 'x a b c y', [d2]: 'v a  b\nc w' }, { [d1]: 'x a b c y', [d2]: 'v  w' }],
    ['two are too few', '', { [d1]: 'x a b y', [d2]: 'v a b w' }, { [d1]: 'x a b y', [d2]: 'v a b w' }],
    ['longer ones go whole', '', { [d1]: 'x a b c d e f y', [d2]: 'a b c d e f w' }, { [d1]: 'x a b c d e f y', [d2]: ' w' }],
    ['marks are words', '', { [d1]: 'x (a) y', [d2]: 'v ( a ) w' }, { [d1]: 'x (a) y', [d2]: 'v  w' }],
    ['case counts', '', { [d1]: 'a b c', [d2]: 'a B c' }, { [d1]: 'a b c', [d2]: 'a B c' }],
    ['within one text', '', { [d1]: 'a b c x a b c' }, { [d1]: 'a b c x ' }],
    ['and in itself', '', { [d1]: 'a a a a a a' }, { [d1]: 'a ' }],
    ['not even the first', 'keep: none', { [d1]: 'x a b c y', [d2]: 'v a b c w', [d3]: 'z' }, { [d1]: 'x  y', [d2]: 'v  w', [d3]: 'z' }],
    ['a text that is one copy goes', '', { [d1]: 'x a b c y', [d2]: ' b c y ' }, { [d1]: 'x a b c y' }],
    [
      'one with too little left',
      'min_left_chars: 4',
      { [d1]: 'a b c', [d2]: 'vw a b c', [d3]: 'vwx a b c' },
      { [d1]: 'a b c', [d3]: 'vwx ' },
    ],
    ['a text with any goes', 'action: drop', { [d1]: 'x a b c y', [d2]: 'v a b c w', [d3]: 'b c' }, { [d1]: 'x a b c y', [d3]: 'b c' }],
    [
      'a text with too many goes',
      'action: drop, max_repeated_ratio: 0.5',
      { [d1]: 'a b c', [d2]: 'a b c 12345', [d3]: 'a b c 123' },
      { [d1]: 'a b c', [d2]: 'a b c 12345' },
    ],
    ['characters', 'unit: character', { [d1]: 'abc', [d2]: 'xabcab' }, { [d1]: 'abc', [d2]: 'xab' }],
    ['astral ones', 'unit: character', { [d1]: '1😀2', [d2]: 'x😀21😀2😀' }, { [d1]: '1😀2', [d2]: 'x😀2😀' }],
    ['empty texts', '', { [d1]: '', [d2]: '' }, { [d1]: '', [d2]: '' }],
  ])('%s {%s}', async (_, options, texts, expected) => {
    const docs = Object.entries(texts).map(([id, text]) => ({ id, text }))
    for (const shards of [[docs], docs.map((doc) => [doc]).toReversed()])
      expect((await runShards(dir, shards, `substring_dedup: {min_length: 3, ${options}}`)).texts).toEqual(expected)
  })
})

test('a scope', async () => {
  const docs = [
    { id: d1, text: 'a b c', language: 'en' },
    { id: d2, text: 'a b c x', language: 'de' },
    { id: d3, text: 'a b c x', language: 'en' },
  ]
  const { texts } = await runShards(dir, [docs], 'substring_dedup: {min_length: 3, scope: language}')
  expect(texts).toEqual({ [d1]: 'a b c', [d2]: 'a b c x', [d3]: ' x' })
})

/** Texts without every stretch of n characters that stood before, by comparing all of them. */
function oracle(texts: Record<string, string>, n: number, keep: string): Record<string, string> {
  const places = new Map<string, string[]>()
  const eachWindow = (visit: (id: string, at: number, window: string) => void): void => {
    for (const id of inOrder(Object.keys(texts)))
      for (let at = 0; at + n <= texts[id]!.length; at++) visit(id, at, texts[id]!.slice(at, at + n))
  }
  eachWindow((id, at, window) => places.set(window, [...(places.get(window) ?? []), `${id}/${at}`]))
  const gone = new Set<string>()
  eachWindow((id, at, window) => {
    const copies = places.get(window)!
    if (copies.length === 1 || (keep === 'first' && copies[0] === `${id}/${at}`)) return
    for (let i = at; i < at + n; i++) gone.add(`${id}/${i}`)
  })
  const left = Object.entries(texts).map(([id, text]) => [id, [...text].filter((_, i) => !gone.has(`${id}/${i}`)).join('')] as const)
  return Object.fromEntries(left.filter(([id, text]) => text !== '' || texts[id] === ''))
}

test('every stretch that repeats is found, and none else, however the documents are split', async () => {
  const common = fc.constantFrom('abcabdacb', 'bbbbbbbbbbbb', 'cabbacbaccab')
  const text = fc.array(fc.oneof(fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'd'), maxLength: 12 }), common), { maxLength: 4 })
  await fc.assert(
    fc.asyncProperty(
      fc.array(text, { minLength: 1, maxLength: 7 }),
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 10 }),
      fc.constantFrom('first', 'none'),
      fc.boolean(),
      async (lists, shardCount, n, keep, words) => {
        const texts = Object.fromEntries(lists.map((list, i) => [`doc-${i}`, list.join('')]))
        const docs = Object.entries(texts).map(([id, text]) => ({ id, text: words ? [...text].join(' ') : text }))
        const shards = Array.from({ length: shardCount }, (_, shard) => docs.filter((_, i) => i % shardCount === shard))
        const options = words ? 'tokenizer: whitespace' : 'unit: character'
        const left = await runShards(dir, shards, `substring_dedup: {min_length: ${n}, keep: ${keep}, partitions: 2, ${options}}`)
        const plain = Object.fromEntries(Object.entries(left.texts).map(([id, text]) => [id, text.replaceAll(' ', '')]))
        expect(plain).toEqual(oracle(texts, n, keep))
      },
    ),
    { numRuns: 25 },
  )
})

const next = random(3)
const phrases = Array.from({ length: 30 }, () =>
  Array.from({ length: 12 }, () => String.fromCharCode(97 + Math.floor(next() * 26))).join(' '),
)
const corpus = Array.from({ length: 60 }, (_, i) => ({
  id: String(i),
  text: Array.from({ length: 6 }, () => `${phrases[Math.floor(next() ** 2 * 30)]} ${i}`).join('\n'),
}))

test('the same bytes with one worker and with two', async () => {
  const inputs = jsonShards(dir, [corpus.slice(0, 20), corpus.slice(20, 50), corpus.slice(50)])
  const pipeline = fileWith(dir, 'workers.yaml', 'name: dedup\nsteps:\n  - substring_dedup: {min_length: 10}\n')
  const sums = await Promise.all(
    [1, 2].map(async (workers) => {
      const out = join(dir, `workers${workers}`)
      expect((await decant(['run', pipeline, '-i', ...inputs, '-o', out, '-q', '-w', String(workers)])).stderr).toBe('')
      return products(out)
    }),
  )
  expect(sums[1]).toEqual(sums[0])
})

test('a flipped bit in the texts: the task that wrote them runs again', async () => {
  const { out, inputs } = await runShards(dir, [corpus.slice(0, 30), corpus.slice(30)], 'substring_dedup: {min_length: 10}')
  await expectHealed(join(dir, 'p.yaml'), inputs, out, 'texts')
})
