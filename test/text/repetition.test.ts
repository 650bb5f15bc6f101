import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Doc } from '../../src/core/doc.ts'
import type { Filter } from '../../src/core/filter.ts'
import duplicateLineCharRatio from '../../src/filters/duplicate_line_char_ratio.ts'
import duplicateLineRatio from '../../src/filters/duplicate_line_ratio.ts'
import duplicateNgramCharRatio from '../../src/filters/duplicate_ngram_char_ratio.ts'
import duplicateParagraphCharRatio from '../../src/filters/duplicate_paragraph_char_ratio.ts'
import topNgramCharRatio from '../../src/filters/top_ngram_char_ratio.ts'
import { measured } from '../support.ts'

const repeated = 'one two three four five six'
const text = [
  repeated,
  'alpha beta gamma delta epsilon zeta',
  repeated,
  'red green blue cyan black white',
  repeated,
  'sun moon star sky rain cloud',
].join('\n')

test('the text that tells the estimators apart', () => {
  expect([text.split('\n').length, text.split(/\s+/).length, text.length]).toEqual([6, 36, 180])
})

/** One rule of Gopher, four published measures: datatrove (FineWeb), DCLM, Dolma's gopher_v1, RedPajama-V2. */
const tops = {
  fineweb: {},
  dclm: { tokenizer: 'whitespace', spaces: 'ignored', denominator: 'word_chars', ties: 'longest', min_occurrences: 2 },
  dolma: { tokenizer: 'whitespace', spaces: 'ignored', denominator: 'word_chars' },
  redpajama: { tokenizer: 'whitespace', spaces: 'ignored', denominator: 'word_chars', min_occurrences: 2 },
}
const duplicates = {
  fineweb: {},
  dclm: { tokenizer: 'whitespace', algorithm: 'union_of_words', denominator: 'word_chars' },
  dolma: { tokenizer: 'whitespace', algorithm: 'weighted_ngrams', denominator: 'ngram_chars' },
  redpajama: { tokenizer: 'whitespace', algorithm: 'union_of_words', denominator: 'word_chars' },
}

test.each<[quantity: string, filter: Filter, options: object, estimators: Record<string, object>, values: number[]]>([
  ['top 2-gram', topNgramCharRatio, { n: 2 }, tops, [0.1167, 0.1862, 0.1241, 0.1241]],
  ['top 3-gram', topNgramCharRatio, { n: 3 }, tops, [0.2167, 0.269, 0.2276, 0.2276]],
  ['top 4-gram', topNgramCharRatio, { n: 4 }, tops, [0.3, 0.331, 0.3103, 0.3103]],
  ['duplicate 5-grams', duplicateNgramCharRatio, { n: 5 }, duplicates, [0.2111, 0.4552, 0.1759, 0.4552]],
  ['duplicate 6-grams', duplicateNgramCharRatio, { n: 6 }, duplicates, [0.2444, 0.4552, 0.0875, 0.4552]],
  ['duplicate 7-grams', duplicateNgramCharRatio, { n: 7 }, duplicates, [0, 0, 0, 0]],
])('%s', async (_, filter, options, estimators, values) => {
  const found = await Promise.all(Object.values(estimators).map((estimator) => measured(filter, text, { ...options, ...estimator })))
  expect(found.map((value) => Number(value.toFixed(4)))).toEqual(values)
})

const all = { count: 'all' }
test.each<[quantity: string, filter: Filter, estimators: object[], values: number[]]>([
  ['duplicate lines', duplicateLineRatio, [{}, { ...all, line_split: 'trimmed' }, { ...all, line_split: 'newline' }], [0.3333, 0.5, 0.5]],
  [
    'characters of duplicate lines',
    duplicateLineCharRatio,
    [
      {},
      { line_split: 'not_blank', denominator: 'text_without_newlines' },
      { ...all, line_split: 'trimmed', denominator: 'segment_chars' },
      { ...all, line_split: 'newline', denominator: 'non_space_chars' },
    ],
    [0.3, 0.3086, 0.4629, 0.5586],
  ],
  ['characters of duplicate paragraphs', duplicateParagraphCharRatio, [{}, { ...all, denominator: 'segment_chars' }], [0, 0]],
])('%s', async (_, filter, estimators, values) => {
  const found = await Promise.all(estimators.map((options) => measured(filter, text, options)))
  expect(found.map((value) => Number(value.toFixed(4)))).toEqual(values)
})

const sum = (values: number[]): number => values.reduce((a, b) => a + b, 0)

/** DCLM's and Dolma's definitions, word for word. */
function reference(words: string[], n: number): Record<'longest' | 'union' | 'weighted' | 'ngrams' | 'words', number> {
  const ngrams = words.slice(0, Math.max(0, words.length - n + 1)).map((_, i) => words.slice(i, i + n))
  const counts = new Map<string, number>()
  for (const ngram of ngrams) counts.set(ngram.join(' '), (counts.get(ngram.join(' ')) ?? 0) + 1)
  const most = Math.max(0, ...counts.values())
  const length = (ngram: string[]): number => ngram.join('').length
  const repeats = ngrams.map((ngram) => counts.get(ngram.join(' '))! > 1)
  return {
    longest: most * Math.max(0, ...ngrams.filter((ngram) => counts.get(ngram.join(' ')) === most).map(length)),
    union: length(words.filter((_, i) => repeats.slice(Math.max(0, i - n + 1), i + 1).includes(true))),
    weighted: sum(ngrams.filter((_, i) => repeats[i]).map(length)),
    ngrams: sum(ngrams.map(length)),
    words: length(words),
  }
}

test('any words: what the definitions give', async () => {
  const words = fc.array(fc.constantFrom('a', 'b', 'c', 'dd', 'eee', 'f.', 'longer'), { minLength: 1, maxLength: 80 })
  await fc.assert(
    fc.asyncProperty(words, fc.integer({ min: 1, max: 6 }), async (list, n) => {
      const expected = reference(list, n)
      const top = { tokenizer: 'whitespace', spaces: 'ignored', denominator: 'word_chars', ties: 'longest' }
      expect(await measured(topNgramCharRatio, list.join(' '), { n, ...top })).toBe(expected.longest / expected.words)
      expect(await measured(duplicateNgramCharRatio, list.join(' '), { n, ...duplicates.dclm })).toBe(expected.union / expected.words)
      const weighted = expected.weighted === 0 ? 0 : expected.weighted / expected.ngrams
      expect(await measured(duplicateNgramCharRatio, list.join(' '), { n, ...duplicates.dolma })).toBe(weighted)
    }),
    { numRuns: 400 },
  )
})

const giant = 'the same nine words over and over and over '.repeat(250_000)
test.each<[name: string, text: string]>([
  ['one line of 10 MB', giant],
  ['one word of 10 MB', 'x'.repeat(10_000_000)],
  ['a million lines of one character', 'abcdefgh'.replaceAll(/./g, '$&\n').repeat(125_000)],
  ['a million newlines', '\n'.repeat(1_000_000)],
])('%s: in linear time, or the test would not end', async (_, long) => {
  const doc = new Doc({ id: 'long', text: long })
  const shares: [Filter, object][] = [
    ...Object.values(tops).map((options): [Filter, object] => [topNgramCharRatio, { ...options, tokenizer: 'whitespace', n: 4 }]),
    ...Object.values(duplicates).map((options): [Filter, object] => [
      duplicateNgramCharRatio,
      { ...options, tokenizer: 'whitespace', n: 10 },
    ]),
    [duplicateLineCharRatio, { line_split: 'trimmed', count: 'all', denominator: 'segment_chars' }],
    [duplicateLineCharRatio, { denominator: 'non_space_chars' }],
    [duplicateParagraphCharRatio, { paragraph_split: 'trimmed' }],
  ]
  for (const [filter, options] of shares) {
    const measure = await filter.measure(filter.schema.parse(options))
    expect(measure(doc)).toBeGreaterThanOrEqual(0)
  }
})
