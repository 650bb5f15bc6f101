import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import xxhash from 'xxhash-wasm'
import { drawPermutations } from '../../src/dedup/permutations.ts'
import { chanceOf, estimate, type SignatureOptions, signer } from '../../src/dedup/signatures.ts'
import { UnionFind } from '../../src/dedup/union_find.ts'
import { hasSharedData, jsonLines, readJson, sharedData, vectors } from '../support.ts'

const fineweb: SignatureOptions = {
  unit: 'word',
  ngram: 5,
  normalizer: 'datatrove',
  tokenizer: 'spacy_english',
  hash: 'sha1',
  bands: 14,
  rows: 8,
  seed: 1,
}
const hashes = ['sha1', 'xxh64'] as const
const decimals = (numbers: BigUint64Array): string[] => Array.from(numbers, String)

describe('hash functions', () => {
  // numpy: RandomState(1).randint(1, 2**61 - 1, 112, dtype=np.uint64), then randint(0, …)
  test('are drawn as numpy draws them', () => {
    const { a, b } = drawPermutations(112, 1)
    const [as, bs] = [a, b].map((numbers) => decimals(new BigUint64Array(numbers.buffer)))
    expect(as!.slice(0, 3)).toEqual(['775169054918279404', '1758426461858698313', '2109959069025162'])
    expect([bs![0], bs![111]]).toEqual(['1062448801025099917', '1097409548522419201'])
  })
})

describe('signatures', () => {
  // Made with datatrove 0.10.0.
  test.each(hashes)('equal to the reference, by %s', (hash) => {
    const sign = signer({ ...fineweb, hash })
    for (const expected of vectors<Record<string, { first: string; sha256: string } | null> & { text: string }>(
      'reference/minhash_signatures.jsonl',
    )) {
      const found = sign(expected.text, 0)
      const all = found && decimals(found.minhashes)
      const shown = all && { first: all[0], sha256: createHash('sha256').update(all.join(' ')).digest('hex') }
      expect([expected.text, shown ?? null]).toEqual([expected.text, expected[hash]])
    }
  })

  const reference = join(sharedData, '../reference/minhash')
  test.skipIf(!existsSync(reference))('equal to the reference on 104 more documents', () => {
    const sign = signer(fineweb)
    const documents = jsonLines<{ text: string }>(readFileSync(join(reference, 'documents.jsonl'), 'utf8'))
    const expected = jsonLines<{ sig: string[][] | null }>(readFileSync(join(reference, 'expected.jsonl'), 'utf8'))
    const permutations = readJson<{ a: string[]; b: string[] }>(join(reference, 'permutations_seed1_112.json'))
    const { a, b } = drawPermutations(112, 1)
    expect(decimals(new BigUint64Array(a.buffer))).toEqual(permutations.a)
    expect(decimals(new BigUint64Array(b.buffer))).toEqual(permutations.b)
    documents.forEach(({ text }, i) => {
      const found = sign(text, 0)
      expect(found ? decimals(found.minhashes) : []).toEqual((expected[i]!.sig ?? []).flat())
    })
  })

  test.each(hashes)('are made of %s hashes of shingles, as other programs compute them', async (hash) => {
    const { h64 } = await xxhash()
    const words = 'straße naïve 日本語 😀 word'
      .split(' ')
      .concat('x'.repeat(31), 'y'.repeat(55), 'z'.repeat(56), 'a'.repeat(64), 'b'.repeat(200))
    const sign = signer({ ...fineweb, hash, ngram: 1, normalizer: 'none', tokenizer: 'whitespace' })
    const expected = words.map((word) => (hash === 'xxh64' ? h64(word) : createHash('sha1').update(word).digest().readBigUInt64LE(0)))
    expect([...sign(words.join('  '), 0)!.shingles]).toEqual(expected)
  })

  test.each([
    ['', undefined],
    ['one two three four', undefined],
    ['one two three four five', 1],
    ['one two three four five six', 2],
  ])('of %j has %s shingles', (text, shingles) => {
    expect(signer(fineweb)(text, 0)?.shingles.length).toBe(shingles)
  })

  test('over characters, one for each run of n code points', () => {
    const sign = signer({ ...fineweb, unit: 'character', ngram: 3, normalizer: 'none' })
    expect(sign('añ😀x', 0)?.shingles.length).toBe(2)
    expect([...sign('añ😀', 0)!.minhashes]).not.toEqual([...sign('añ\ud83d', 0)!.minhashes])
    expect(sign('ab', 0)).toBe(undefined)
  })

  test('documents of other scopes never meet', () => {
    const sign = signer(fineweb)
    const text = 'one two three four five six seven'
    const [a, b] = [sign(text, 0)!.keys.slice(), sign(text, 1)!.keys.slice()]
    expect([...a].filter((key, i) => key === b[i])).toEqual([])
  })
})

test('similarity is estimated from sketches', () => {
  const sign = signer(fineweb)
  const words = Array.from({ length: 400 }, (_, i) => `w${String.fromCharCode(97 + (i % 20), 97 + Math.floor(i / 20))}`)
  const sketchOf = (list: string[]): Uint8Array => sign(list.join(' '), 0)!.sketch.slice()
  const whole = sketchOf(words)
  expect(estimate(whole, whole)).toBe(1)
  // 396 shingles of 400 words, of which the first 296 are those of the first 300 words: 296 / 396.
  expect(Math.abs(estimate(whole, sketchOf(words.slice(0, 300))) - 296 / 396)).toBeLessThan(0.12)
  expect(estimate(whole, sketchOf(words.map((word) => `${word}y`)))).toBeLessThan(0.1)
})

test.each([
  [0.5, 14, 8, 0.0533],
  [0.7, 14, 8, 0.5645],
  [0.75, 14, 8, 0.7716],
  [0.85, 14, 8, 0.9884],
  [0.8, 9, 13, 0.3988],
])('a pair of similarity %f is found by %i × %i with chance %f', (similarity, bands, rows, chance) => {
  expect(chanceOf(similarity, { bands, rows })).toBeCloseTo(chance, 4)
})

describe.skipIf(!hasSharedData)('on real near-duplicates whose exact similarity is known', () => {
  const documents = (): { id: number; text: string }[] =>
    jsonLines(gunzipSync(readFileSync(join(sharedData, 'neardup/docs.jsonl.gz'))).toString('utf8'))
  const pairs = (): [number, number, number][] =>
    readFileSync(join(sharedData, 'neardup/pairs.csv'), 'utf8')
      .trim()
      .split(/\r?\n/)
      .slice(1)
      .flatMap((line) => {
        const [a, b, similarity] = line.split(',')
        return similarity === '' ? [] : [[Number(a), Number(b), Number(similarity)] as [number, number, number]]
      })

  const ranges = [0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1, 1.01]
  const rangeOf = (similarity: number): number => ranges.findIndex((from, i) => similarity >= from && similarity < ranges[i + 1]!)

  /** One pair of each group of related pages in each range: pairs made from the same template are found or missed together. */
  function unrelated(): [number, number, number][] {
    const all = pairs()
    const sets = new UnionFind(Math.max(...all.flat()) + 1)
    for (const [a, b] of all) sets.union(a, b)
    const seen = new Set<string>()
    return all.filter(([a, , similarity]) => {
      const group = `${sets.find(a)}/${rangeOf(similarity)}`
      return !seen.has(group) && seen.add(group)
    })
  }

  test.each([
    [14, 8],
    [9, 13],
  ])('%i × %i finds as many as it should in every range of similarity', (bands, rows) => {
    const chosen = unrelated()
    const wanted = new Set(chosen.flat())
    const texts = documents().filter(({ id }) => wanted.has(id))
    const bins = ranges.slice(1).map(() => ({ pairs: 0, found: 0, expected: 0, variance: 0 }))
    for (let seed = 1; seed <= 5; seed++) {
      // Shingles as the truth has them: lower case, cut at white space.
      const sign = signer({ ...fineweb, normalizer: 'none', tokenizer: 'whitespace', hash: 'xxh64', bands, rows, seed })
      const keys = new Map(texts.map(({ id, text }) => [id, sign(text.toLowerCase(), 0)?.keys.slice()]))
      for (const [a, b, similarity] of chosen) {
        const [x, y] = [keys.get(a), keys.get(b)]
        if (!x || !y) continue
        const bin = bins[rangeOf(similarity)]!
        const chance = chanceOf(similarity, { bands, rows })
        bin.pairs++
        bin.expected += chance
        bin.variance += chance * (1 - chance)
        if (x.some((key, i) => i % 2 === 0 && key === y[i] && x[i + 1] === y[i + 1])) bin.found++
      }
    }
    console.log(
      bins
        .map((b, i) =>
          [ranges[i], b.pairs, b.found, b.expected.toFixed(1), ((b.found - b.expected) / Math.sqrt(b.variance || 1)).toFixed(2)].join(' '),
        )
        .join('\n'),
    )
    // 99 % of a normal distribution lie within 2.576 standard deviations; half a pair for rounding.
    for (const { found, expected, variance } of bins)
      expect(Math.abs(found - expected)).toBeLessThanOrEqual(2.576 * Math.sqrt(variance) + 0.5)
  })
})
