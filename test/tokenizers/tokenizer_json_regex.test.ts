import { describe, expect, test } from 'vitest'
import { eachMatch, oniguruma } from '../../src/tokenizers/tokenizer_json/regex.ts'

const found = (pattern: string, text: string): string[] => {
  const all: string[] = []
  eachMatch(oniguruma(pattern), text, (start, end) => all.push(text.slice(start, end)))
  return all
}

// what tokenizers 0.23.3 finds in the text
describe('patterns of Oniguruma', () => {
  test.each<[pattern: string, text: string, expected: string[]]>([
    ["(?i:'s|[ab])c", "'S 'ſ Ac bC bc", ['Ac', 'bc']],
    ['a(?i)b|c', 'aB C c ac', ['aB', 'ac']],
    ['(?i:[^a-c])+', 'aXbY', ['X', 'Y']],
    ['\\s+(?!\\S)|\\s+', 'a\u0085 b\ufeffc', ['\u0085', ' ']],
    ['[^\\s\\p{L}]+', '\ufeff.a\u0085', ['\ufeff.']],
    ['\\s+$', 'a \nb \r\n', [' ', ' \r\n']],
    ['^.', 'a\nb\n\r', ['a', 'b', '\r']],
    ['\\Aa|b\\z|c\\Z', 'abcb\nc\n', ['a', 'c']],
    ['\\d{2}', '12٣٤5', ['12', '٣٤']],
    ['\\p{N}{1,3}+', '12345 6', ['12345', '6']],
    ['a++b|a', 'aab aa', ['aab', 'a', 'a']],
    ['(?>a+)b', 'aab', ['aab']],
    ['a?+a', 'aa a', ['aa']],
    ['(a|b)\\1', 'abba', ['bb']],
    ['(?<n>a|b)\\k<n>', 'abba', ['bb']],
    ['[a-z&&[^aeiou]]+', 'house', ['h', 's']],
    ['[^\\S\\n]+', 'a \t\n b', [' \t', ' ']],
    ['[]a]+|[-b]', 'a]-b', ['a]', '-', 'b']],
    ['[[:alpha:]]+|[[:^space:]]', 'aé 1', ['aé', '1']],
    ['[[:punct:]]|\\p{Punct}', '.$☃a', ['.', '$', '☃']],
    ['\\p{hiragana}+|\\p{Han}', 'ひら日カ', ['ひら', '日']],
    ['\\p{^L}|\\P{^Lu}', 'aB1', ['B', '1']],
    ['[\\w&&[^\\d]]+|\\w', 'a_²1', ['a_', '²', '1']],
    ['\\h+|\\R\\R|\\R', 'fg\r\n\n\r\n', ['f', '\r\n\n', '\r\n']],
    ['\\x61|\\x{e9}|\\u00e9|\\t', 'aé\t', ['a', 'é', '\t']],
    ['(?x) a  b # and so on', 'ab', ['ab']],
    ['a(?#none)b|a{,2}c', 'ab aac', ['ab', 'aac']],
    ['{a|a{x}', '{a a{x}', ['{a', 'a{x}']],
    ['x*', 'axxb', ['', 'xx', '']],
    ['(?=b)|\\B', '😀b', ['', '']],
  ])('%s', (pattern, text, expected) => {
    expect(found(pattern, text)).toEqual(expected)
  })

  test.each([
    ['(a', 'a parenthesis is not closed'],
    ['a)', 'unmatched )'],
    ['[a', 'a class is not closed'],
    ['a\\', 'a backslash at the end'],
    ['\\Xa', '\\X cannot be used'],
    ['\\p{Nothing}', '\\p{Nothing} is not known'],
    ['(?(1)a)', 'a group of this kind cannot be used: (?('],
  ])('%s cannot be used', (pattern, message) => {
    expect(() => oniguruma(pattern)).toThrow(new SyntaxError(message))
  })
})
