import fc from 'fast-check'
import { encode as encodeCl100k } from 'gpt-tokenizer/encoding/cl100k_base'
import { encode as encodeGpt2 } from 'gpt-tokenizer/encoding/r50k_base'
import { describe, expect, test } from 'vitest'
import { tokenCounter, tokenEncoder } from '../../src/tokenizers/token_counter.ts'
import { cpuSeconds } from '../support.ts'

const gpt2 = tokenCounter('gpt2')
const cl100k = tokenCounter('cl100k_base')

describe('as many tokens as tiktoken finds', () => {
  test.each<[text: string, gpt2: number, cl100k: number]>([
    ['', 0, 0],
    ['a', 1, 1],
    [' ', 1, 1],
    ['Hello world', 2, 2],
    ['Hello  world', 3, 3],
    ['  leading', 2, 2],
    ['trailing  ', 4, 3],
    ['a\n\nb', 4, 3],
    ['a \n  b', 5, 4],
    ['a\n  ', 4, 3],
    ['\n'.repeat(10), 5, 1],
    ['\t\tindented', 4, 4],
    ["don't DON'T don’t", 9, 6],
    ["'s 'S 'ſ", 6, 6],
    ["'llama 'vex 'red", 7, 7],
    ['12345678901234567890', 9, 7],
    ['3.14159, 2½ Ⅷ', 10, 11],
    ['snake_case camelCase kebab-case', 11, 7],
    ['https://example.org/a?b=c#d', 13, 10],
    ['Donaudampfschifffahrtsgesellschaft', 14, 13],
    ['Ночью река поднялась', 23, 11],
    ['夜の間に川の水が増え', 17, 13],
    ['밤사이 강물이', 15, 10],
    ['ارتفع النهر', 10, 8],
    ['नदी रात में', 17, 11],
    ['שלום עולם', 11, 10],
    ['😀👍🏽👨‍👩‍👧', 17, 21],
    ['é e\u0301', 4, 3],
    ['a\u00a0b\u3000c\u2028d', 9, 8],
    ['\ufeffBOM', 5, 3],
    ['\u0085next', 3, 3],
    ['nul\u0000nul', 5, 5],
    ['x'.repeat(1000), 125, 125],
    [`${' '.repeat(100)}y`, 100, 3],
    ['<|endoftext|>', 1, 1],
    ['🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}', 27, 21],
    ['𝔘𝔫𝔦𝔠𝔬𝔡𝔢', 21, 21],
    ['for (let i = 0; i < n; i++) {\n\t\treturn\n}\n', 21, 19],
  ])('%j', (text, inGpt2, inCl100k) => {
    expect([gpt2(text), cl100k(text)]).toEqual([inGpt2, inCl100k])
  })
})

describe('as many tokens as gpt-tokenizer finds', () => {
  // JavaScript's \s, which gpt-tokenizer goes by, has U+FEFF and lacks U+0085
  const plain = (text: string): boolean => !/[\ufeff\x85]/.test(text) && !text.includes('<|')
  const characters = fc.constantFrom(...`abcxyzSTLV'’.,;-_ \n\r\t\u00a0\u3000 0123456789é½日本語ßñдж😀👨‍👩‍👧ع`)
  const texts = fc.oneof(fc.string({ unit: characters, maxLength: 80 }), fc.string({ unit: 'binary' }), fc.lorem()).filter(plain)

  const same = (count: (text: string) => number, encode: (text: string) => number[]): void =>
    fc.assert(
      fc.property(texts, (text) => {
        expect(count(text)).toBe(encode(text).length)
      }),
      { numRuns: 1000 },
    )

  test('gpt2', () => same(gpt2, encodeGpt2))

  test('cl100k_base, but for white space at the end', () => {
    same(
      (text) => cl100k(`${text}.`),
      (text) => encodeCl100k(`${text}.`),
    )
  })
})

test('the same tokens as gpt-tokenizer', () => {
  const encoded = tokenEncoder('gpt2')
  for (const text of [
    '',
    'a',
    "We're watering 12345 tomatoes.",
    'Donaudampfschifffahrtsgesellschaft',
    '夜の間に川の水が増え 😀',
    'x'.repeat(1000),
  ]) {
    expect(encoded(text)).toEqual(encodeGpt2(text))
  }
  expect(encoded('a<|endoftext|>a')).toEqual([...encodeGpt2('a'), -1, ...encodeGpt2('a')])
})

test('special tokens count as one each, where the tokenizer has them', () => {
  expect(gpt2('<|endoftext|>')).toBe(1)
  expect(gpt2('one<|endoftext|><|endoftext|>two')).toBe(4)
  expect(gpt2('<|endofprompt|>')).toBeGreaterThan(1)
  expect(cl100k('<|endofprompt|>a<|fim_prefix|>')).toBe(3)
  expect(gpt2('<|endoftext|')).toBeGreaterThan(1)
})

test('a lone surrogate counts as U+FFFD', () => {
  expect(gpt2('a\ud83d b')).toBe(gpt2('a\ufffd b'))
})

test('what was counted before changes nothing', () => {
  const words = ['unbelievably', 'Donaudampfschifffahrt', 'ąęśćżó', '日本語']
  const first = words.map(gpt2)
  gpt2(Array.from({ length: 100_000 }, (_, i) => i.toString(36)).join('q'))
  expect(words.map(gpt2)).toEqual(first)
})

describe('a text without spaces takes no longer than others', () => {
  test.each([
    ['one letter', 'x', 125_000],
    ['spaces', ' ', 1_000_000],
    ['dashes', '-', 15_625],
  ])('a million times %s', async (_, character, tokens) => {
    // Quadratic time would be minutes.
    const seconds = await cpuSeconds(() => {
      expect(gpt2(character.repeat(1_000_000))).toBe(tokens)
    })
    expect(seconds).toBeLessThan(10)
  })
})
