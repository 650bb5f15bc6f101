import { expect, test } from 'vitest'
import { normalizeForDedup, normalizeForModel } from '../../src/text/ccnet.ts'

// as cc_net's text_normalizer.normalize
test.each<[string, string]>([
  ['', ''],
  [' \x1c\n', ''],
  ['Été à la plage', 'ete a la plage'],
  ['In 1984, ٣ and ３', 'in 0000, 0 and 0'],
  ['one\ntwo\r\nthree\u0085four', 'onetwothreefour'],
  ['“Yes” — he said… «no»', '"yes"  -  he said... "no"'],
  ['日本語。テスト（１）', '日本語.テスト(0)'],
  ['İSTANBUL ß Σς', 'istanbul ß σς'],
  ['が\u00a0x', 'か\u00a0x'],
])('%j → %j', (text, normalized) => {
  expect(normalizeForModel(text)).toBe(normalized)
})

// as cc_net's text_normalizer.normalize_for_dedup
test.each<[string, string]>([
  ['', ''],
  [' \x1c\n', ''],
  ['Été à la plage!', 'été à la plage!'],
  ['In 1984, ٣ and １', 'in 0000, 0 and 0'],
  ['“Yes” — he said…', 'yes  he said'],
  ['a\tb\u0085c', 'abc'],
])('for comparison, %j → %j', (text, normalized) => {
  expect(normalizeForDedup(text)).toBe(normalized)
})
