import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bytePairCounter } from '../../src/tokenizers/tokenizer_json/bpe.ts'
import { unigramCounter } from '../../src/tokenizers/tokenizer_json/unigram.ts'
import { wordPieceCounter } from '../../src/tokenizers/tokenizer_json/words.ts'

const short = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'é', '☃', '▁'), minLength: 1, maxLength: 9 })
const numbered = (tokens: readonly string[]): Record<string, number> => Object.fromEntries(tokens.map((token, i) => [token, i]))

describe('Unigram', () => {
  const vocab: [string, number][] = [
    ['<unk>', 0],
    ['a', -2.1],
    ['b', -3.3],
    ['ab', -4.7],
    ['abc', -6.2],
    ['bé', -5.9],
    ['▁a', -3.8],
    ['éé', -7.3],
  ]
  const scores = new Map(vocab)
  const unknown = -7.3 - 10

  /** All ways to cut, with the sum of their scores. */
  function cuts(characters: readonly string[]): { score: number; tokens: string[] }[] {
    if (characters.length === 0) return [{ score: 0, tokens: [] }]
    return characters.flatMap((_, i) => {
      const token = characters.slice(0, i + 1).join('')
      const score = scores.get(token) ?? (i === 0 ? unknown : undefined)
      if (score === undefined || token === '<unk>') return []
      const rest = cuts(characters.slice(i + 1))
      return rest.map((after) => ({ score: score + after.score, tokens: [scores.has(token) ? token : '', ...after.tokens] }))
    })
  }

  test('one of the best of all ways to cut, with neighbours that are unknown as one', () => {
    const count = unigramCounter({ vocab, unk_id: 0 })
    fc.assert(
      fc.property(short, (piece) => {
        const all = cuts([...piece])
        const best = Math.max(...all.map(({ score }) => score))
        // The same tokens in another order are as good, but for rounding.
        const counts = all
          .filter(({ score }) => score > best - 1e-9)
          .map(({ tokens }) => tokens.filter((token, i) => token !== '' || tokens[i - 1] !== '').length)
        expect(counts).toContain(count(piece))
      }),
    )
  })

  // as tokenizers 0.23.3 counts
  test.each<[piece: string, missing: string, expected: number]>([
    ['☃', '', 3],
    ['a☃☃b', '', 8],
    ['☃', '<0x98>', 1],
    ['☃é', '<0x98>', 1],
    ['é', '<0x98>', 2],
    ['<unk>', '', 1],
    ['<unk>é', '', 7],
  ])('bytes of %s, without %s', (piece, missing, expected) => {
    const bytes = Array.from({ length: 256 }, (_, i) => `<0x${i.toString(16).toUpperCase().padStart(2, '0')}>`)
    const more = bytes.filter((name) => name !== missing).map((name): [string, number] => [name, -20])
    expect(unigramCounter({ vocab: [...vocab, ...more], unk_id: 0, byte_fallback: true })(piece)).toBe(expected)
  })
})

describe('WordPiece', () => {
  const tokens = ['[UNK]', 'a', 'ab', 'b', '##a', '##b', '##ba', '##é', '▁']
  const counter = (continuing_subword_prefix: string, most = 100) =>
    wordPieceCounter({ vocab: numbered(tokens), unk_token: '[UNK]', continuing_subword_prefix, max_input_chars_per_word: most })

  test('the longest token each time, or one that is unknown', () => {
    const count = counter('##')
    fc.assert(
      fc.property(short, (piece) => {
        let rest = [...piece]
        let expected = 0
        while (rest.length > 0) {
          const own = rest
          const length = own.findLastIndex((_, i) => tokens.includes((expected > 0 ? '##' : '') + own.slice(0, i + 1).join(''))) + 1
          if (length === 0) break
          expected++
          rest = own.slice(length)
        }
        expect(count(piece)).toBe(rest.length > 0 ? 1 : expected)
      }),
    )
  })

  test.each<[piece: string, prefix: string, most: number, expected: number]>([
    ['abba', '##', 4, 2],
    ['abba', '##', 3, 1],
    ['aéé', '##', 3, 3],
    ['abba', '', 9, 3],
    ['abba', '@@', 9, 1],
    ['ab', '@@', 9, 1],
  ])('%s with the prefix %j and at most %i characters', (piece, prefix, most, expected) => {
    expect(counter(prefix, most)(piece)).toBe(expected)
  })
})

describe('BPE', () => {
  const merges = ['a b', 'b c', 'ab c', 'a a', '▁ a', '▁ ▁']
  const vocab = numbered(['<unk>', 'a', 'b', 'c', '▁', 'ab', 'bc', 'abc', 'aa', '▁a', '▁▁', 'c▁'])

  test('words that are apart are counted as the whole is', () => {
    const byWords = bytePairCounter({ vocab, merges, unk_token: '<unk>', fuse_unk: true })
    // a merge over the beginning of a word, which nothing here can do, makes it merge the whole
    const whole = bytePairCounter({ vocab: { ...vocab, q: 90, 'q▁': 91 }, merges: [...merges, 'q ▁'], unk_token: '<unk>', fuse_unk: true })
    fc.assert(
      fc.property(short, (piece) => {
        expect(byWords(piece)).toBe(whole(piece))
      }),
    )
  })

  // as tokenizers 0.23.3 counts
  test.each<[name: string, options: object, piece: string, expected: number]>([
    ['nothing for what is unknown', {}, 'a☃b', 1],
    ['one for each', { unk_token: '<unk>' }, 'a☃☃b', 4],
    ['one for neighbours', { unk_token: '<unk>', fuse_unk: true }, 'a☃☃b', 3],
    ['a whole piece', { ignore_merges: true }, 'c▁', 1],
    ['pieces that are merged', {}, 'c▁', 2],
    ['no dropout', { dropout: 0 }, 'abc', 1],
  ])('%s', (_, options, piece, expected) => {
    expect(bytePairCounter({ vocab, merges, ...options })(piece)).toBe(expected)
  })
})
