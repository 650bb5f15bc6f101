import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isSpace } from '../../../src/text/python.ts'
import { countEnglishSentences } from '../../../src/text/sentences/spacy_sentences.ts'
import { tokenizeEnglish } from '../../../src/text/words/spacy_tokenizer.ts'
import { vectors } from '../../support.ts'

function words(text: string): string[] {
  const tokens = tokenizeEnglish(text)
  return Array.from({ length: tokens.length / 2 }, (_, i) => text.slice(tokens[2 * i], tokens[2 * i + 1]))
}
const sentences = (text: string): number => {
  const tokens = tokenizeEnglish(text)
  return countEnglishSentences(text, tokens, 0, tokens.length / 2, 0, text.length)
}

// What each rule of the tokenizer does, as spaCy 3.8 does it.
test.each<[string, string]>([
  ['', ''],
  [' \n\t ', ''],
  ['Hello, world!', 'Hello , world !'],
  ['(see [1])', '( see [ 1 ] )'],
  ["don't can't I'm we'd've", "do n't ca n't I 'm we 'd 've"],
  ['dont cant Im its shell', 'do nt ca nt I m its shell'],
  ['it’s o’clock', 'it ’s o’clock'],
  ['gonna cannot', 'gon na can not'],
  ['10a.m. 5pm', '10 a.m. 5 pm'],
  ['Mr. Smith of the U.S. left.', 'Mr. Smith of the U.S. left .'],
  ['end.Next end.next', 'end . Next end.next'],
  ['well-known 1990-2000 x=y a/b', 'well - known 1990 - 2000 x = y a / b'],
  ['a+b 5+5 +1 + 3+', 'a+b 5 + 5 +1 + 3 +'],
  ['10km 20°C. $5 US$5 5US$', '10 km 20 ° C . $ 5 US$ 5 5 US$'],
  ['wait... what.. …', 'wait ... what .. …'],
  ['and/or w/o w / o', 'and/or w/o w / o'],
  [':-) (:: ;) <3', ':-) (: : ;) <3'],
  ['https://example.org/a?b=(c) me@example.org 10.0.0.1 8.8.8.8:80', 'https://example.org/a?b=(c ) me@example.org 10.0.0.1 8.8.8.8:80'],
  ['👍🏽ok 日本語。', '👍 🏽ok 日本語 。'],
])('%j is %j', (text, expected) => {
  expect(words(text).join(' ')).toBe(expected)
})

test.each<[string, number]>([
  ['', 1],
  ['One. Two! Three?', 3],
  ['Mr. Smith came. He left', 2],
  ['Wait... what?', 1],
  ['"Yes." She left.', 2],
  ['He left.\n', 2],
  ['He left. ', 1],
])('%j has %d sentences', (text, expected) => {
  expect(sentences(text)).toBe(expected)
})

test('random strings of everything that has a rule: words and sentences as spaCy finds them', () => {
  const all = vectors<{ text: string; words: string[]; sentences: number }>('reference/english_words.jsonl')
  expect(all).toHaveLength(400)
  for (const vector of all) {
    expect(words(vector.text)).toEqual(vector.words)
    expect(sentences(vector.text)).toBe(vector.sentences)
  }
})

test('words cover every character that is not white space, in order', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
      expect(words(text).join('')).toBe([...text].filter((c) => !isSpace(c.charCodeAt(0)) || c.length > 1).join(''))
    }),
    { numRuns: 500 },
  )
})

describe('time grows with the text, whatever it is', () => {
  // Each would take minutes if a rule looked at all of the text for every character. The test's own time limit is the check.
  test.each([
    ['exclamation marks', '!'],
    ['full stops between letters', 'a.B'],
    ['at signs', 'a@'],
    ['colons and at signs', 'x:y@'],
    ['hyphens', 'a-'],
    ['one word', 'abcdefgh'],
    ['digits and units', '1km'],
  ])('%s', (_, piece) => {
    const text = piece.repeat(Math.ceil(1_000_000 / piece.length))
    expect(words(text).join('')).toBe(text)
  })
})

test.skipIf(readShared() === undefined)('all vectors of the reference', () => {
  for (const { text, words: expected, n_sentences } of readShared()!) {
    expect(words(text)).toEqual(expected)
    expect(sentences(text)).toBe(n_sentences)
  }
})

function readShared(): { text: string; words: string[]; n_sentences: number }[] | undefined {
  const folder = new URL('../../../../shared/reference/filters/', import.meta.url)
  try {
    const [documents, tokens] = ['documents.jsonl', 'tokens_now.jsonl'].map((name) =>
      readFileSync(new URL(name, folder), 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    )
    return documents!.map(({ text }, i) => ({ ...tokens![i], text }))
  } catch {
    return undefined
  }
}
