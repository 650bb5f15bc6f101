import fc from 'fast-check'
import { expect, test } from 'vitest'
import duplicateNgramCharRatio from '../../src/filters/duplicate_ngram_char_ratio.ts'
import { measured } from '../support.ts'

test.each<[text: string, options: object, value: number]>([
  ['', { n: 5 }, 0],
  ['a b c d', { n: 5 }, 0],
  ['a b a b', { n: 2 }, 2 / 7],
  // Behind a repeat the walk goes on: the second of three overlapping repeats is not seen.
  ['a a a a', { n: 2 }, 2 / 7],
  ['ab c x a bc', { n: 2 }, 3 / 11],
  ['😀 b c 😀 b', { n: 2 }, 2 / 9],
])('%j with %j measures %d', async (text, options, value) => {
  expect(await measured(duplicateNgramCharRatio, text, options)).toBe(value)
})

/** The definition, word for word (datatrove gopher_repetition_filter.py: find_all_duplicate). */
function reference(words: string[], n: number): number {
  const seen = new Set<string>()
  let repeated = 0
  for (let i = 0; i + n <= words.length; ) {
    const ngram = words.slice(i, i + n).join('')
    if (seen.has(ngram)) {
      repeated += ngram.length
      i += n
    } else {
      seen.add(ngram)
      i++
    }
  }
  return repeated
}

test('any text: what the definition gives', async () => {
  const word = fc.oneof(
    fc.constantFrom('a', 'b', 'ab', 'ba', 'the', 'longer', 'wordswithoutend'),
    fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 4 }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(word, { minLength: 1, maxLength: 120 }), fc.integer({ min: 1, max: 10 }), async (words, n) => {
      const text = words.join(' ')
      const value = await measured(duplicateNgramCharRatio, text, { n, tokenizer: 'whitespace' })
      expect(value).toBe(reference(words, n) / text.length)
    }),
    { numRuns: 400 },
  )
})
