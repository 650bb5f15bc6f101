import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { commonSymbols } from '../../src/text/character_sets.ts'
import { normalizers } from '../../src/text/normalizers.ts'
import { pythonSpace, strip } from '../../src/text/python.ts'
import { simplify } from '../../src/text/simplified.ts'

describe('datatrove', () => {
  // What datatrove 0.10.0's simplify_text gives.
  test.each([
    ["It didn't cost $1,234.50 in São  Paulo!", 'it didn t cost 0 0 in sao paulo'],
    ['1.5, 1٫5 and 12⎖5; ٣٤', '0 0 and 0 0'],
    ['1.2.3', '0 0'],
    ['\u0301a \u0301 b', 'a  b'],
    ['Ⅷ ½ ² ①', 'ⅷ ½ ² ①'],
    ['한국어', '\u1112\u1161\u11ab\u1100\u116e\u11a8\u110b\u1165'],
    ['İ', 'i'],
    ['\u037e;', ';'],
    ['𝟙𝟚 𝒜', '0 𝒜'],
    ['１ and 2１', '0 and 0'],
    ['\ud83d x', '\ud83d x'],
    ['नमस्ते', 'नमसत'],
    ['', ''],
    [' \n\t.', ''],
  ])('%j', (text, expected) => {
    expect(simplify(text)).toBe(expected)
  })

  /** The same, step by step as the reference does it. */
  function byItsSteps(text: string): string {
    const numbers = text.toLowerCase().replace(/\p{Nd}+(?:[.,،٫⎖⎗⎘]\p{Nd}+)?/gu, '0')
    const spaced = Array.from(numbers, (c) => (commonSymbols.has(c.codePointAt(0)!) ? ' ' : c)).join('')
    const single = strip(spaced).replace(new RegExp(`[${pythonSpace}]+`, 'g'), ' ')
    return strip(single.normalize('NFD').replace(/\p{Mn}+/gu, ''))
  }

  const characters = fc.constantFrom(
    ...'aÉßİΣ ς\t\n\u00a0\u2028.,،٫-–’"$0123٣٤𝟙１½é\u0301\u0327한각中नमस्ते\ud83d😀\u037e\u1e9b\u0323',
    '1,5',
    '2.',
  )
  test('is its steps in one go', () => {
    fc.assert(
      fc.property(
        fc.array(characters, { maxLength: 40 }).map((list) => list.join('')),
        (text) => {
          expect(simplify(text)).toBe(byItsSteps(text))
        },
      ),
      { numRuns: 3000 },
    )
  })
})

test.each<[keyof typeof normalizers, string, string]>([
  ['datatrove_0.2', " Didn't cost $1,234.50  in São Paulo! ", 'didnt cost 0 in sao paulo'],
  ['redpajama', ' Café — Don’t  STOP, ok? ', 'cafe\u0301 — don’t stop ok'],
  ['slimpajama', " Cafe\u0301 — Don't  STOP, ok? ", 'caf\u00e9 — dont stop ok'],
  ['none', ' As it Is. ', ' As it Is. '],
])('%s: %j', (name, text, expected) => {
  expect(normalizers[name](text)).toBe(expected)
})
