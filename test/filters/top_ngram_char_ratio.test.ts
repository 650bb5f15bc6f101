import fc from 'fast-check'
import { expect, test } from 'vitest'
import topNgramCharRatio from '../../src/filters/top_ngram_char_ratio.ts'
import { measured } from '../support.ts'

test.each<[text: string, options: object, value: number]>([
  ['', { n: 2 }, 0],
  ['word', { n: 2 }, 0],
  ['one two', { n: 2 }, 1],
  ['a b a b', { n: 2 }, 6 / 7],
  ['a a a', { n: 2 }, 6 / 5],
  // Of equally frequent ones the first counts, not the longest.
  ['a b long words', { n: 2 }, 3 / 14],
  ['a b long words a b long words', { n: 2 }, 6 / 29],
  ['x y z x y z', { n: 3 }, 10 / 11],
  ['a.b', { n: 1, tokenizer: 'whitespace' }, 1],
])('%j with %j measures %d', async (text, options, value) => {
  expect(await measured(topNgramCharRatio, text, options)).toBe(value)
})

/** The definition, word for word (datatrove gopher_repetition_filter.py: find_top_duplicate). */
function reference(words: string[], n: number): number {
  const counts = new Map<string, number>()
  for (let i = 0; i + n <= words.length; i++) {
    const ngram = words.slice(i, i + n).join(' ')
    counts.set(ngram, (counts.get(ngram) ?? 0) + 1)
  }
  const [top, count] = [...counts].reduce((best, entry) => (entry[1] > best[1] ? entry : best), ['', 0])
  return top.length * count
}

test('any text: what the definition gives', async () => {
  const words = fc.array(fc.constantFrom('a', 'b', 'c', 'dd', 'eee', 'f.', 'longer'), { minLength: 1, maxLength: 80 })
  await fc.assert(
    fc.asyncProperty(words, fc.integer({ min: 1, max: 6 }), async (all, n) => {
      const text = all.join(' ')
      expect(await measured(topNgramCharRatio, text, { n, tokenizer: 'whitespace' })).toBe(reference(all, n) / text.length)
    }),
    { numRuns: 400 },
  )
})
