import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type AddedToken, cutAtTokens } from '../../src/tokenizers/tokenizer_json/added.ts'

const token = (content: string, flags: Partial<AddedToken> = {}): readonly [string, AddedToken] => [
  content,
  { content, single_word: false, lstrip: false, rstrip: false, normalized: true, ...flags },
]

/** The parts of a text, with "|" for each token. */
function parts(tokens: Parameters<typeof cutAtTokens>[0], text: string): string[] {
  const all: string[] = []
  cutAtTokens(tokens)(text, (part) => all.push(part ?? '|'))
  return all
}

// as added_vocabulary.rs finds them
describe('added tokens', () => {
  test.each<[name: string, tokens: Parameters<typeof cutAtTokens>[0], text: string, expected: string[]]>([
    ['the longest', [token('a'), token('ab')], 'abac', ['|', '|', 'c']],
    ['a single word', [token('ab', { single_word: true })], 'ab cab ab', ['|', ' cab ', '|']],
    ['letters of all scripts, and marks', [token('ab', { single_word: true })], 'abé ab\u0301 дab ab.', ['abé ab\u0301 дab ', '|', '.']],
    ['a longer one that is no single word hides a shorter one', [token('a'), token('ab', { single_word: true })], 'abc a', ['abc ', '|']],
    ['white space before', [token('<x>', { lstrip: true })], 'a \n<x> b', ['a', '|', ' b']],
    ['white space behind', [token('<x>', { rstrip: true })], 'a <x>\u0085 b', ['a ', '|', 'b']],
    ['white space between two', [token('<x>', { lstrip: true, rstrip: true })], ' <x>  <x> ', ['|', '|']],
    ['white space that is a token as well', [token('<x>', { rstrip: true }), token(' ')], '<x>  b', ['|', '|', '|', 'b']],
    ['astral characters', [token('😀')], 'a😀😃', ['a', '|', '😃']],
    ['nothing', [token('a')], '', []],
  ])('%s', (_, tokens, text, expected) => {
    expect(parts(tokens, text)).toEqual(expected)
  })

  test('parts and tokens are the text', () => {
    const tokens = [token('ab'), token('b c'), token('☃', { single_word: true })]
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', 'b', 'c', ' ', '☃', '😀') }), (text) => {
        let at = 0
        cutAtTokens(tokens)(text, (part, start) => {
          expect(start).toBe(at)
          at += part === null ? tokens.find(([content]) => text.startsWith(content, start))![0].length : part.length
        })
        expect(at).toBe(text.length)
      }),
    )
  })
})
