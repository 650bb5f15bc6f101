import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decant, fileWith, jsonShards, products, runShards, temporaryFolder } from '../support.ts'
import { expectHealed } from './support.ts'

const dir = temporaryFolder()
const words = (from: number, to: number): string => Array.from({ length: to - from }, (_, i) => `w${from + i}`).join(' ')

describe('in the order of rows, by 3-grams', () => {
  test.each<[string, string, Record<string, string>, Record<string, string>]>([
    [
      'a known line goes',
      '',
      { b: `${words(0, 9)}\n${words(20, 40)}`, a: `${words(0, 9)}\n${words(50, 70)}` },
      { b: `${words(0, 9)}\n${words(20, 40)}`, a: words(50, 70) },
    ],
    [
      'short lines stay',
      '',
      { a: `x y\n${words(0, 9)}`, b: `x y\n${words(20, 29)}` },
      { a: `x y\n${words(0, 9)}`, b: `x y\n${words(20, 29)}` },
    ],
    // 8 of 10 are not more than 0.8; 9 of 11 are.
    [
      'at the bound',
      '',
      { a: words(0, 10), b: words(0, 12), c: `${words(0, 13)}\n${words(30, 50)}` },
      { a: words(0, 10), b: words(0, 12), c: words(30, 50) },
    ],
    ['just above it', '', { a: words(0, 11), b: `${words(0, 13)}\n${words(30, 50)}` }, { a: words(0, 11), b: words(30, 50) }],
    ['a document goes with its short lines', '', { a: words(0, 30), b: `${words(0, 30)}\nx y\n${words(50, 55)}` }, { a: words(0, 30) }],
    [
      'and what it had of its own is remembered',
      '',
      { a: words(0, 30), b: `${words(0, 30)}\n${words(50, 55)}`, c: `${words(50, 55)}\n${words(60, 70)}` },
      { a: words(0, 30), c: words(60, 70) },
    ],
    ['a line of its own n-grams is not known', '', { a: 'x x x x x x x x' }, { a: 'x x x x x x x x' }],
    ['within one document', '', { a: `${words(0, 9)}\n${words(0, 9)}\n${words(20, 40)}` }, { a: `${words(0, 9)}\n${words(20, 40)}` }],
    [
      'words are not told apart by what is between them',
      '',
      { a: 'a b c', b: ' a  b\tc \n1 2 3 4 5 6 7' },
      { a: 'a b c', b: '1 2 3 4 5 6 7' },
    ],
    ['another bound', 'max_known_ratio: 0', { a: 'a b c', b: 'x a b c y z\n1 2 3' }, { a: 'a b c' }],
    [
      'too little left',
      'min_left_chars: 9',
      { a: words(0, 9), b: `${words(0, 9)}\n1 2 3 4 5`, c: `${words(0, 9)}\n6 7 8 9 10` },
      { a: words(0, 9), b: '1 2 3 4 5', c: '6 7 8 9 10' },
    ],
    ['empty texts', '', { a: '', b: '\n' }, { a: '', b: '\n' }],
  ])('%s {%s}', async (_, options, texts, expected) => {
    const docs = Object.entries(texts).map(([id, text]) => ({ id, text }))
    for (const shards of [[docs], docs.map((doc) => [doc])]) {
      const step = `bloom_dedup: {expected: 1000, false_positive_rate: 1.0e-9, ngram: 3, ${options}}`
      expect((await runShards(dir, shards, step)).texts).toEqual(expected)
    }
  })
})

test('what is left is what a set of all n-grams leaves', async () => {
  const line = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { maxLength: 9 })
  const texts = fc.array(fc.array(line, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 8 })
  await fc.assert(
    fc.asyncProperty(texts, fc.integer({ min: 1, max: 3 }), fc.constantFrom(0.3, 0.5, 0.8), async (lists, perShard, ratio) => {
      const known = new Set<string>()
      const expected = lists.flatMap((lines, i): [string, string][] => {
        let [seen, all] = [0, 0]
        const left = lines.filter((list) => {
          const grams = list.slice(2).map((_, k) => list.slice(k, k + 3).join(' '))
          const here = grams.filter((gram) => known.has(gram)).length
          seen += here
          all += grams.length
          if (here > ratio * grams.length) return false
          for (const gram of grams) known.add(gram)
          return true
        })
        const text = seen > ratio * all ? '' : left.map((list) => list.join(' ')).join('\n')
        const before = lines.map((list) => list.join(' ')).join('\n')
        return text.trim() === '' && text !== before ? [] : [[`doc-${i}`, text]]
      })
      const docs = lists.map((lines, i) => ({ id: `doc-${i}`, text: lines.map((list) => list.join(' ')).join('\n') }))
      const shards = Array.from({ length: Math.ceil(docs.length / perShard) }, (_, i) => docs.slice(i * perShard, (i + 1) * perShard))
      const options = `expected: 1000, false_positive_rate: 1.0e-9, ngram: 3, max_known_ratio: ${ratio}`
      expect((await runShards(dir, shards, `bloom_dedup: {${options}}`)).texts).toEqual(Object.fromEntries(expected))
    }),
    { numRuns: 15 },
  )
})

test('a filter that is too small for what it must hold stops the run', async () => {
  const inputs = jsonShards(dir, [[{ id: 'a', text: words(0, 30) }]])
  const pipeline = fileWith(dir, 'small.yaml', 'name: small\nsteps:\n  - bloom_dedup: {expected: 10}\n')
  const { code, stderr } = await decant(['run', pipeline, '-i', ...inputs, '-o', join(dir, 'small'), '-q'])
  expect(code).not.toBe(0)
  expect(stderr).toContain('there are more than 10 n-grams')
})

const corpus = Array.from({ length: 60 }, (_, i) => ({
  id: String(i),
  text: `${words(i % 17, (i % 17) + 20)}\n${words(i * 3, i * 3 + 17)}`,
}))

test('the same bytes with one worker and with two', async () => {
  const inputs = jsonShards(dir, [corpus.slice(0, 20), corpus.slice(20, 50), corpus.slice(50)])
  const pipeline = fileWith(dir, 'workers.yaml', 'name: dedup\nsteps:\n  - bloom_dedup: {expected: 10000}\n')
  const sums = await Promise.all(
    [1, 2].map(async (workers) => {
      const out = join(dir, `workers${workers}`)
      expect((await decant(['run', pipeline, '-i', ...inputs, '-o', out, '-q', '-w', String(workers)])).stderr).toBe('')
      return products(out)
    }),
  )
  expect(sums[1]).toEqual(sums[0])
})

test('a flipped bit in the n-grams: the task that wrote them runs again', async () => {
  const { out, inputs } = await runShards(dir, [corpus.slice(0, 30), corpus.slice(30)], 'bloom_dedup: {expected: 10000}')
  await expectHealed(join(dir, 'p.yaml'), inputs, out, 'ngrams')
})
