import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { splitWords } from '../../../src/text/python.ts'
import { punktSentences } from '../../../src/text/sentences/punkt.ts'
import { vectors } from '../../support.ts'

function sentences(text: string): string[] {
  const offsets = punktSentences(text)
  return Array.from({ length: offsets.length / 2 }, (_, i) => text.slice(offsets[2 * i], offsets[2 * i + 1]))
}

// "|" stands between sentences, as NLTK 3.8.1 finds them.
test.each([
  ['marks', 'One.| Two!| Three?!| four'],
  ['a mark within a word', 'example.org and end.Next, really.| Yes'],
  ['an abbreviation', 'Mr. Smith of Acme Corp. left.| He ran'],
  ['an abbreviation before a word that is small within sentences', 'Shares of Acme Corp.| They fell'],
  ['an abbreviation with a hyphen', 'the vice-gen. Miller came'],
  ['an initial', 'J. Bach and A. the end'],
  ['an initial before a word that is small within sentences', 'J. Bach and A.| The end'],
  ['a number before a small letter', 'on page 5. of the book'],
  ['a number before a capital', 'on page 5.| Of the book'],
  ['a pair of words that belong together', 'shares of I. Magnin'],
  ['an ellipsis', 'Well... maybe... Miller came'],
  ['an ellipsis before a word that often begins a sentence', 'Well... maybe...| He came'],
  ['an ellipsis with spaces', 'Well .| .| .| maybe'],
  ['a mark after a space', 'No !| Yes .| Well'],
  ['closing quotes and brackets', '"Yes."| (No.)| [So!]| \'But?\'| End'],
  ['closing quotes before a dash', '"Yes."|-- he said'],
  ['a quote that opens after the mark', 'He said.|"Then'],
  ['several lines', 'One\ntwo.|\n\nThree'],
])('%s', (_, text) => {
  expect(sentences(text.replaceAll('|', ''))).toEqual(text.split('|').map((sentence) => sentence.trim()))
})

test.each(['', ' \n\t\u3000'])('%j has no sentence', (text) => {
  expect(sentences(text)).toEqual([])
})

test('random strings of everything that has a rule: as many sentences as NLTK finds', () => {
  for (const { text, sentences: expected } of vectors<{ text: string; sentences: number }>('reference/nltk_words.jsonl')) {
    expect(sentences(text)).toHaveLength(expected)
  }
})

test('sentences are apart, in order, and leave out nothing but white space', () => {
  const unit = fc.oneof(fc.constantFrom(...'.!?)"]\'- \n\u00a0', 'A', 'a', 'Mr'), fc.string({ unit: 'binary', maxLength: 1 }))
  fc.assert(
    fc.property(fc.string({ unit }), (text) => {
      expect(sentences(text).flatMap(splitWords).join('')).toBe(splitWords(text).join(''))
    }),
    { numRuns: 1000 },
  )
})

describe('time grows with the text, whatever it is', () => {
  test.each(['.', '. ', '.\u00a0', '. . .', '?!', '.)', 'a.b', ' ', '\n', '-', 'a,', '(a.) ', 'word '])('%j', (piece) => {
    const text = `A. ${piece.repeat(Math.ceil(300_000 / piece.length))}x`
    expect(sentences(text).flatMap(splitWords).join('')).toBe(splitWords(text).join(''))
  })
})
