import { expect, test } from 'vitest'
import { replaceInTurn } from '../../src/text/replace_in_turn.ts'

test.each<[text: string, spans: [number, number][], expected: string]>([
  ['', [], ''],
  ['abc', [], 'abc'],
  ['abc', [[0, 3]], '1'],
  [
    'abcdef',
    [
      [0, 1],
      [1, 2],
      [4, 6],
    ],
    '12cd1',
  ],
  ['a😀b', [[1, 3]], 'a1b'],
])('%j', (text, spans, expected) => {
  const found = spans.map(([start, end]) => ({ start, end }))
  expect(replaceInTurn(text, found, ['1', '2'])).toBe(expected)
})
