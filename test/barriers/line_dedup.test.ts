import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { normalizers } from '../../src/text/normalizers.ts'
import { inOrder } from '../stages/segments.ts'
import { decant, fileWith, jsonShards, products, runShards, temporaryFolder } from '../support.ts'
import { expectHealed } from './support.ts'

const dir = temporaryFolder()
const run = (shards: object[][], options: string) => runShards(dir, shards, `line_dedup: {partitions: 3, ${options}}`)

// In the order that decides which copy stays: d1 before d2 before d3.
const [d1, d2, d3, d4] = inOrder(['a', 'b', 'c', 'd']) as [string, string, string, string]

describe('lines', () => {
  test.each<[string, string, Record<string, string>, Record<string, string | null>]>([
    [
      'stay where they come first',
      '',
      { [d1]: 'x\none', [d2]: 'x\ntwo', [d3]: 'three\nx' },
      { [d1]: 'x\none', [d2]: 'two', [d3]: 'three' },
    ],
    ['and go within a text too', '', { [d1]: 'x\none\nx\n\nx' }, { [d1]: 'x\none\n' }],
    ['empty ones stay', '', { [d1]: 'a\n\nb', [d2]: 'c\n\n\nd' }, { [d1]: 'a\n\nb', [d2]: 'c\n\n\nd' }],
    ['unless they count', 'min_chars: 0', { [d1]: 'a\n\nb', [d2]: 'c\n\n\nd' }, { [d1]: 'a\n\nb', [d2]: 'c\nd' }],
    ['no copy stays', 'keep: none', { [d1]: 'x\none', [d2]: 'two\nx', [d3]: 'y\ny\nthree' }, { [d1]: 'one', [d2]: 'two', [d3]: 'three' }],
    ['nor of three', 'keep: none', { [d1]: 'x\none', [d2]: 'x\nx\ntwo', [d3]: 'three\nx' }, { [d1]: 'one', [d2]: 'two', [d3]: 'three' }],
    ['compared as they are', '', { [d1]: 'x', [d2]: ' x\nX' }, { [d1]: 'x', [d2]: ' x\nX' }],
    ['as C4 does', 'normalizer: lower_case', { [d1]: 'Ä x', [d2]: ' ä X\u00a0\ny' }, { [d1]: 'Ä x', [d2]: 'y' }],
    [
      'as CCNet does',
      'normalizer: ccnet, keep: none, min_chars: 0',
      { [d1]: 'On 12 May…\none', [d2]: 'on 34 may\n\n\nÉté', [d3]: 'ete' },
      { [d1]: 'one', [d2]: 'Été', [d3]: 'ete' },
    ],
    ['short ones stay', 'min_chars: 3', { [d1]: 'ab\nabc', [d2]: 'ab\nabc\n😀😀' }, { [d1]: 'ab\nabc', [d2]: 'ab\n😀😀' }],
    ['a text that is all copies goes', '', { [d1]: 'x\ny', [d2]: 'y\n\nx' }, { [d1]: 'x\ny', [d2]: null }],
    ['an empty text lost nothing', '', { [d1]: '', [d2]: '' }, { [d1]: '', [d2]: '' }],
    [
      'one with too little left',
      'min_left_chars: 4',
      { [d1]: 'x', [d2]: 'x\nabc', [d3]: 'x\nabcd' },
      { [d1]: 'x', [d2]: null, [d3]: 'abcd' },
    ],
    [
      'lone surrogates and long lines',
      '',
      { [d1]: `\ud800\n${'y'.repeat(1e5)}`, [d2]: `${'y'.repeat(1e5)}\n日本` },
      { [d1]: `\ufffd\n${'y'.repeat(1e5)}`, [d2]: '日本' },
    ],
  ])('%s {%s}', async (_, options, texts, expected) => {
    const docs = Object.entries(texts).map(([id, text]) => ({ id, text }))
    const left = Object.fromEntries(Object.entries(expected).filter(([, text]) => text !== null))
    for (const shards of [[docs], docs.map((doc) => [doc]).toReversed()]) {
      const { texts } = await run(shards, options)
      expect(texts).toEqual(left)
    }
  })

  test.each([
    ['all', ['x', undefined, undefined]],
    ['dump', ['x', undefined, 'x']],
    ['language', ['x', 'x', undefined]],
  ])('scope: %s', async (scope, expected) => {
    const docs = [
      { id: d1, text: 'x', dump: '1', language: 'en' },
      { id: d2, text: 'x', dump: '1', language: 'de' },
      { id: d3, text: 'x', dump: '2', language: 'en' },
    ]
    const { texts } = await run([docs], `scope: ${scope}`)
    expect([d1, d2, d3].map((id) => texts[id])).toEqual(expected)
  })
})

test('documents are removed for a reason, and counted', async () => {
  const docs = [
    { id: d1, text: 'a line\nanother' },
    { id: d2, text: 'a line' },
    { id: d3, text: 'a line\nxy' },
    { id: d4, text: 'a line\n😀 is left' },
  ]
  const { manifest } = await run([docs], 'min_left_chars: 3')
  expect(manifest.records.removed).toEqual({ 'line_dedup.empty': 1, 'line_dedup.short': 1 })
  expect(manifest.cut).toEqual({ line_dedup: { documents: 1, characters: 7 } })
})

/** What must be left of texts, by comparing all lines. */
function oracle(docs: { id: string; text: string }[], keep: string, normalize: (text: string) => string): Record<string, string> {
  const text = Object.fromEntries(docs.map((doc) => [doc.id, doc.text]))
  const places = new Map<string, string[]>()
  for (const id of inOrder(Object.keys(text))) {
    text[id]!.split('\n').forEach((line, i) => {
      const key = normalize(line)
      places.set(key, [...(places.get(key) ?? []), `${id}/${i}`])
    })
  }
  const left = Object.entries(text).map(([id, all]): [string, string] => {
    const lines = all.split('\n').filter((line, i) => {
      const copies = places.get(normalize(line))!
      return normalize(line) === '' || copies.length === 1 || (keep === 'first' && copies[0] === `${id}/${i}`)
    })
    return [id, lines.join('\n')]
  })
  return Object.fromEntries(left.filter(([id, all]) => all === text[id] || all.trim() !== ''))
}

test('what is left is what comparing all lines leaves, however the documents are split', async () => {
  const line = fc.constantFrom('', 'a', 'A ', 'b', 'c 1', 'c 2', 'd', 'another line', '日本')
  const texts = fc.array(fc.array(line, { maxLength: 5 }), { minLength: 1, maxLength: 9 })
  await fc.assert(
    fc.asyncProperty(
      texts,
      fc.integer({ min: 1, max: 4 }),
      fc.constantFrom('first', 'none'),
      fc.constantFrom('none', 'ccnet', 'lower_case'),
      fc.constantFrom(1, 5),
      async (lines, n, keep, normalizer, partitions) => {
        const docs = lines.map((list, i) => ({ id: `doc-${i}`, text: list.join('\n') }))
        const shards = Array.from({ length: n }, (_, shard) => docs.filter((_, i) => i % n === shard))
        const { texts } = await runShards(dir, shards, `line_dedup: {keep: ${keep}, normalizer: ${normalizer}, partitions: ${partitions}}`)
        expect(texts).toEqual(oracle(docs, keep, normalizers[normalizer]))
      },
    ),
    { numRuns: 15 },
  )
})

const corpus = Array.from({ length: 60 }, (_, i) => ({
  id: String(i),
  text: Array.from({ length: 8 }, (_, j) => `line ${(i * i + 7 * j) % 41}`).join('\n'),
}))

test('the same bytes with one worker and with two', async () => {
  const inputs = jsonShards(dir, [corpus.slice(0, 20), corpus.slice(20, 50), corpus.slice(50)])
  const pipeline = fileWith(dir, 'workers.yaml', 'name: dedup\nsteps:\n  - line_dedup\n')
  const sums = await Promise.all(
    [1, 2].map(async (workers) => {
      const out = join(dir, `workers${workers}`)
      expect((await decant(['run', pipeline, '-i', ...inputs, '-o', out, '-q', '-w', String(workers)])).stderr).toBe('')
      return products(out)
    }),
  )
  expect(sums[1]).toEqual(sums[0])
})

test.each(['segments', 'local'])('a flipped bit in %s: the task that wrote it runs again', async (name) => {
  const { out, inputs } = await run([corpus.slice(0, 30), corpus.slice(30)], '')
  await expectHealed(join(dir, 'p.yaml'), inputs, out, name)
})
