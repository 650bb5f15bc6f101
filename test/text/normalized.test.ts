import { expect, test } from 'vitest'
import { normalizeText } from '../../src/text/normalized.ts'
import { tokenizers } from '../../src/text/words/word_tokenizers.ts'

test.each([
  ['', ''],
  ['...', ''],
  [" Don't  STOP\n — Été\x85", 'dont stop — e\u0301te\u0301'],
  ['_a-b_ c.d', 'ab cd'],
  ['“A”', '“a”'],
  ['ΣΑΣ İ', 'σας i\u0307'],
  ['a\u001cb\u200bc\ufeff', 'a b\u200bc\ufeff'],
  ['각 😀', '\u1100\u1161\u11a8 😀'],
])('%j becomes %j', (text, normalized) => {
  expect(normalizeText(text)).toBe(normalized)
})

test('its words point into the normalized text', () => {
  const { text, offsets } = tokenizers.normalized('Été, Hiver!')
  expect([text.slice(offsets[0], offsets[1]), text.slice(offsets[2], offsets[3]), offsets.length]).toEqual(['e\u0301te\u0301', 'hiver', 4])
})
