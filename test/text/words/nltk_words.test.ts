import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isSpace, splitWords } from '../../../src/text/python.ts'
import { spaceNltkWords } from '../../../src/text/words/nltk_words.ts'
import { vectors } from '../../support.ts'

const words = (text: string): string[] => splitWords(spaceNltkWords(text))

// What each rule does, as NLTK 3.8.1 does it.
test.each<[string, string]>([
  ['', ''],
  [' \n\t ', ''],
  ['Hello, world!', 'Hello , world !'],
  ['"Yes," he said. ("No.")', "`` Yes , '' he said . ( `` No . '' )"],
  ['“Yes” ‘no’ «so» „x', '“ Yes ” ‘ no ’ « so » „ x'],
  ["``Yes'' 5'' tall", "`` Yes '' 5 '' tall"],
  ["'Yes' 'a' dogs' 'tis", "'Yes ' ' a ' dogs ' 't is"],
  ["it's IT'S I'm we'd we'll can't don't DON'T", "it 's IT 'S I 'm we 'd we 'll ca n't do n't DO N'T"],
  ['it’s', 'it ’ s'],
  ["cannot gonna gotta lemme gimme more'n d'ye", "can not gon na got ta lem me gim me more 'n d 'ye"],
  ['wanna go, wanna-be', 'wan na go , wanna-be'],
  ["So 'twas? 'Twas", "So 't was ? 'T was"],
  ['in New York. Please', 'in New York . Please'],
  ['of the U.S. and U.S.', 'of the U.S. and U.S .'],
  ['end.Next end.', 'end.Next end .'],
  ['wait... what.. …', 'wait ... what .. …'],
  ['1,000 a,b 10:30 x:y a::b', '1,000 a , b 10:30 x : y a : :b'],
  ['$5 a&b 50% #1 me@example.org', '$ 5 a & b 50 % # 1 me @ example.org'],
  ['https://example.org/a?b=(c)', 'https : //example.org/a ? b= ( c )'],
  ['a--b well-known – a*b a/b', 'a -- b well-known – a * b a/b'],
  ['日本語。 👍ok', '日本語。 👍ok'],
])('%j is %j', (text, expected) => {
  expect(words(text).join(' ')).toBe(expected)
})

test('random strings of everything that has a rule: words as NLTK finds them', () => {
  const documents = vectors<{ text: string; words: string[] }>('reference/nltk_words.jsonl')
  expect(documents).toHaveLength(300)
  for (const { text, words: expected } of documents) expect(words(text)).toEqual(expected)
})

test('words cover every character that is not white space, in order; only quotes are rewritten', () => {
  const withoutQuotes = (text: string): string => text.replaceAll(/["'`]/g, '')
  const marks = [...'.,:;!?\'"`()[]-“”’ \n', "n't", "'s", 'cannot', 'U.S.']
  fc.assert(
    fc.property(fc.string({ unit: fc.oneof(fc.constantFrom(...marks), fc.string({ unit: 'binary', maxLength: 1 })) }), (text) => {
      const characters = [...text].filter((character) => character.length > 1 || !isSpace(character.charCodeAt(0))).join('')
      expect(withoutQuotes(words(text).join(''))).toBe(withoutQuotes(characters))
    }),
    { numRuns: 1000 },
  )
})

describe('time grows with the text, whatever it is', () => {
  // Each would take minutes if a rule looked at all of the text for every character. The test's own time limit is the check.
  test.each([
    ['full stops', '.'],
    ['full stops and spaces', '. '],
    ['full stops and no-break spaces', '.\u00a0'],
    ['full stops and brackets', '.)'],
    ['closed sentences', 'a.) '],
    ['brackets', '('],
    ['colons', ':'],
    ['apostrophes', "'"],
    ['backticks', '`'],
    ['hyphens', '-'],
    ['spaces', ' '],
    ['one word', 'cannot'],
    ['words', 'gonna '],
    ['contractions', "n't "],
  ])('%s', (_, piece) => {
    const text = piece.repeat(Math.ceil(300_000 / piece.length))
    const spaced = spaceNltkWords(`A. ${text}x`)
    expect(splitWords(spaced).join('')).toBe(splitWords(`A. ${text}x`).join(''))
  })
})
