import { expect, test } from 'vitest'
import { didYouMean } from '../../src/core/errors.ts'

test.each([
  ['line_punc_ratio', 'line_punct_ratio'],
  ['wordcount', 'word_count'],
  ['word_cuont', 'word_count'],
  ['wrod_count', 'word_count'],
  ['mx', 'max'],
  ['max', 'max'],
  ['entirely_else', undefined],
  ['', undefined],
])('%s → %s', (word, expected) => {
  expect(didYouMean(word, ['line_punct_ratio', 'word_count', 'maximum_thing', 'max'])).toBe(expected)
})
