import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { signer } from '../../src/dedup/signatures.ts'
import { decant, fileWith, parquetRows, products, random, runHere, temporaryFolder } from '../support.ts'
import { expectHealed } from './support.ts'

const dir = temporaryFolder()
let runs = 0

interface Line {
  id: string
  text: string
  [field: string]: unknown
}

/** Run on shards of documents: ids that are kept, and the rows of `duplicates/`. */
async function run(shards: Line[][], options = '', { before = '', flags = {} } = {}) {
  const n = runs++
  const pipeline = fileWith(
    dir,
    'p.yaml',
    `name: dedup\nsteps:\n  - read\n${before}  - minhash_dedup: {partitions: 2${options}}\n  - write\n`,
  )
  const inputs = shards.map((lines, i) => fileWith(dir, `${n}-${i}.jsonl`, lines.map((line) => `${JSON.stringify(line)}\n`).join('')))
  const out = join(dir, `run${n}`)
  await runHere(pipeline, inputs, out, flags)
  const all = async (folder: string): Promise<Record<string, unknown>[]> =>
    (await Promise.all(shards.map((_, i) => parquetRows(join(out, `${folder}/0000${i}.parquet`))))).flat()
  return { out, inputs, kept: await all('data'), duplicates: await all('duplicates') }
}

const words = 'river stone garden lantern market winter copper bridge harbor pencil velvet thunder barley saddle meadow orchard'.split(' ')
const next = random(5)
const sentence = (length: number): string[] => Array.from({ length }, () => words[Math.floor(next() * words.length)]!)
/** The text with every n-th word replaced. */
const changed = (text: string[], n: number): string[] =>
  text.map((word, i) => (i % n === n - 1 ? `other${String.fromCharCode(97 + (i % 26))}` : word))
const original = sentence(300)
const near = changed(original, 100)
const far = sentence(300)
const doc = (id: string, text: string[], more = {}): Line => ({ id, text: text.join(' '), ...more })
const ids = (rows: Record<string, unknown>[]): unknown[] => rows.map(({ id }) => id).sort()

describe('of near-duplicates, the one with the smallest id stays', () => {
  test.each<[string, Line[][]]>([
    ['in one shard', [[doc('b', original), doc('a', near), doc('c', far)]]],
    ['across shards', [[doc('b', original)], [doc('c', far)], [doc('a', near)]]],
  ])('%s, with evidence', async (_, shards) => {
    const { kept, duplicates } = await run(shards)
    expect(ids(kept)).toEqual(['a', 'c'])
    expect(duplicates).toMatchObject([
      { id: 'b', step: 'minhash_dedup', method: 'minhash', survivor_id: 'a', cluster_id: 'a', cluster_size: 2, exact_similarity: null },
    ])
    expect(duplicates[0]!['estimated_similarity']).toBeGreaterThan(0.8)
  })

  test('texts without five words are never duplicates', async () => {
    const { kept } = await run([[doc('a', ['one']), doc('b', ['one']), doc('c', []), doc('d', []), doc('e', ['a', 'b', 'c', 'd'])]])
    expect(ids(kept)).toEqual(['a', 'b', 'c', 'd', 'e'])
  })
})

describe('which one stays', () => {
  const longer = [...original, 'and', 'more']
  const shards = [
    [doc('a', original, { date: '2020-01-01T00:00:00Z' }), doc('b', longer, { date: '2019-01-01T00:00:00Z' })],
    [doc('c', original, { date: '2024-05-05T00:00:00Z' })],
  ]
  test.each<[string, string, string]>([
    ['smallest_id', '', 'a'],
    ['longest', '', 'b'],
    ['newest', '', 'c'],
    ['best', ', by: char_count', 'b'],
  ])('%s', async (survivor, more, id) => {
    const { kept, duplicates } = await run(shards, `, survivor: ${survivor}${more}`, { before: '  - char_count\n' })
    expect(ids(kept)).toEqual([id])
    expect(duplicates.map((row) => [row['survivor_id'], row['cluster_id'], row['cluster_size']])).toEqual([
      [id, 'a', 3],
      [id, 'a', 3],
    ])
  })

  test('best needs an earlier step', async () => {
    await expect(run(shards, ', survivor: best, by: word_count')).rejects.toThrow('no step before the barrier measures "word_count"')
  })
})

test.each([
  ['all', ['a']],
  ['dump', ['a', 'c']],
  ['language', ['a', 'b']],
])('scope: %s', async (scope, expected) => {
  const shards = [
    [doc('a', original, { dump: 'x', language: 'en' }), doc('b', original, { dump: 'x', language: 'de' })],
    [doc('c', original, { dump: 'y', language: 'en' })],
  ]
  expect(ids((await run(shards, `, scope: ${scope}`)).kept)).toEqual(expected)
})

describe('verify', () => {
  // 296 shingles each; four changed words take five of them, the last word one: 275 are in both, 317 in either.
  const shards = [[doc('a', original), doc('b', changed(original, 60))], [doc('c', original)]]
  test.each([
    [0.86, ['a']],
    [0.87, ['a', 'b']],
  ])('joins pairs of at least %f', async (verify, expected) => {
    const { kept, duplicates } = await run(shards, `, verify: ${verify}`)
    expect(ids(kept)).toEqual(expected)
    expect(duplicates.map((row) => [row['id'], row['exact_similarity']])).toEqual(
      [['b', 275 / 317] as const, ['c', 1] as const].filter(([id]) => !expected.includes(id)),
    )
  })

  test('many documents of one key are compared with those that differ', async () => {
    const many = Array.from({ length: 200 }, (_, i) => doc(String(i).padStart(3, '0'), original))
    expect(ids((await run([many.slice(0, 90), many.slice(90)], ', verify: 0.9')).kept)).toEqual(['000'])
  })
})

test('survivors carry the size of their cluster', async () => {
  const { kept } = await run([[doc('a', original), doc('b', near), doc('c', far), doc('d', ['short'])]], ', cluster_metadata: true')
  expect(kept.map(({ id, metadata }) => [id, JSON.parse(String(metadata))])).toEqual([
    ['a', { minhash_cluster_id: 'a', minhash_cluster_size: 2 }],
    ['c', { minhash_cluster_id: 'c', minhash_cluster_size: 1 }],
    ['d', { minhash_cluster_id: 'd', minhash_cluster_size: 1 }],
  ])
})

/** A corpus with copies of copies, so that clusters are chains. */
const corpus = ((): Line[] => {
  const texts: string[][] = []
  for (let i = 0; i < 120; i++)
    texts.push(
      i % 3 === 0 || texts.length === 0 ? sentence(80) : changed(texts[Math.floor(next() * texts.length)]!, 30 + Math.floor(next() * 60)),
    )
  return texts.map((text, i) => doc(`${(i * 37) % 120}`.padStart(3, '0'), text))
})()

/** Connected components of documents that share a band, by comparing all pairs. */
function clusters(lines: Line[]): Map<string, string> {
  const sign = signer({
    unit: 'word',
    ngram: 5,
    normalizer: 'datatrove',
    tokenizer: 'spacy_english',
    hash: 'xxh64',
    bands: 14,
    rows: 8,
    seed: 1,
  })
  const bands = lines.map(({ text }) => {
    const all = Array.from(sign(text, 0)!.minhashes, String)
    return Array.from({ length: 14 }, (_, band) => all.slice(band * 8, band * 8 + 8).join())
  })
  const smallest = new Map(lines.map(({ id }) => [id, id]))
  for (let grown = true; grown; ) {
    grown = false
    lines.forEach((a, i) => {
      lines.slice(0, i).forEach((b, j) => {
        const [x, y] = [smallest.get(a.id)!, smallest.get(b.id)!]
        if (x === y || !bands[i]!.some((key, band) => key === bands[j]![band])) return
        for (const id of [a.id, b.id]) smallest.set(id, [x, y].sort()[0]!)
        grown = true
      })
    })
  }
  return smallest
}

test('clusters are those that comparing all pairs gives, however the documents are split', async () => {
  const expected = clusters(corpus)
  const survivors = [...new Set(expected.values())].sort()
  expect(survivors.length).toBeLessThan(100)
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray(corpus, { minLength: corpus.length }), fc.integer({ min: 1, max: 5 }), async (lines, n) => {
      const shards = Array.from({ length: n }, (_, i) => lines.filter((_, at) => at % n === i))
      const { kept, duplicates } = await run(shards)
      expect(ids(kept)).toEqual(survivors)
      expect(new Map(duplicates.map((row) => [row['id'], row['cluster_id']]))).toEqual(
        new Map([...expected].filter(([id, smallest]) => id !== smallest)),
      )
    }),
    { numRuns: 6 },
  )
})

test('verified clusters too', async () => {
  const shapes = [[corpus], [corpus.slice(0, 50), corpus.slice(50)], [corpus.slice(90), corpus.slice(20, 90), corpus.slice(0, 20)]]
  const results = await Promise.all(shapes.map((shards) => run(shards, ', verify: 0.7')))
  const tables = results.map(({ duplicates }) =>
    duplicates.map((row) => [row['id'], row['cluster_id'], row['exact_similarity']].join()).sort(),
  )
  expect(tables[0]!.length).toBeGreaterThan(20)
  expect(tables[1]).toEqual(tables[0])
  expect(tables[2]).toEqual(tables[0])
})

test('the same bytes with one worker and with two', async () => {
  const inputs = [0, 1, 2].map((i) =>
    fileWith(
      dir,
      `split-${i}.jsonl`,
      corpus
        .slice(40 * i, 40 * i + 40)
        .map((line) => `${JSON.stringify(line)}\n`)
        .join(''),
    ),
  )
  const pipeline = fileWith(dir, 'workers.yaml', 'name: dedup\nsteps:\n  - minhash_dedup\n')
  const sums = await Promise.all(
    [1, 2].map(async (workers) => {
      const out = join(dir, `workers${workers}`)
      expect((await decant(['run', pipeline, '-i', ...inputs, '-o', out, '-q', '-w', String(workers)])).stderr).toBe('')
      return products(out)
    }),
  )
  expect(Object.keys(sums[0]!).filter((path) => path.startsWith('duplicates/'))).toHaveLength(3)
  expect(sums[1]).toEqual(sums[0])
})

test.each(['signed'])('a flipped bit in %s: the task that wrote it runs again', async (name) => {
  const { out, inputs } = await run([[doc('b', original)], [doc('a', near)]])
  await expectHealed(join(dir, 'p.yaml'), inputs, out, name)
})
