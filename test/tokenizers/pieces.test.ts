import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cl100kPieceEnd, gpt2PieceEnd, type PieceEnd } from '../../src/tokenizers/pieces.ts'

function pieces(text: string, pieceEnd: PieceEnd): string[] {
  const bytes = Buffer.from(`${text}'s, left over from a longer text`)
  const length = Buffer.byteLength(text)
  const found: string[] = []
  for (let start = 0, end = 0; start < length; start = end) {
    end = pieceEnd(bytes, length, start)
    found.push(bytes.toString('utf8', start, end))
  }
  return found
}

const characters = fc.constantFrom(...`abSTLVdmre''’., \n\r\t\u00a0\u0085\u3000\ufeff0129é½Ⅷ日ſ😀\u0301`)
const texts = fc.string({ unit: characters, maxLength: 40 })

describe('as the regular expression', () => {
  // White_Space is Python's and Rust's \s; JavaScript's differs in U+0085 and U+FEFF
  test('gpt2', () => {
    const pattern =
      /'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu
    fc.assert(
      fc.property(texts, (text) => {
        expect(pieces(text, gpt2PieceEnd)).toEqual(text.match(pattern) ?? [])
      }),
      { numRuns: 3000 },
    )
  })

  test('cl100k_base', () => {
    const pattern =
      /'(?:[sdmtSDMTſ]|[lL][lL]|[vV][eE]|[rR][eE])|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\p{White_Space}\p{L}\p{N}]+[\r\n]*|\p{White_Space}+$|\p{White_Space}*[\r\n]|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}/gu
    fc.assert(
      fc.property(texts, (text) => {
        expect(pieces(text, cl100kPieceEnd)).toEqual(text.match(pattern) ?? [])
      }),
      { numRuns: 3000 },
    )
  })
})

test.each([
  ["we'll WE'LL", ['we', "'ll", ' WE', "'", 'LL'], ['we', "'ll", ' WE', "'LL"]],
  ['a  b\n\n  c ', ['a', ' ', ' b', '\n\n ', ' c', ' '], ['a', ' ', ' b', '\n\n', ' ', ' c', ' ']],
  ['12345 (x)', ['12345', ' (', 'x', ')'], ['123', '45', ' (', 'x', ')']],
])('%j', (text, gpt2, cl100k) => {
  expect(pieces(text, gpt2PieceEnd)).toEqual(gpt2)
  expect(pieces(text, cl100kPieceEnd)).toEqual(cl100k)
})
