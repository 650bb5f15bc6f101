import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseExactly } from '../../src/core/exact_json.ts'

test.each([
  ['{"id": 9007199254740993}', { id: '9007199254740993' }],
  ['{"id": 9007199254740991}', { id: 9007199254740991 }],
  ['{"id": -9007199254740993}', { id: '-9007199254740993' }],
  ['[12345678901234567890, 1]', ['12345678901234567890', 1]],
  ['{"a": {"b": [100000000000000000000]}}', { a: { b: ['100000000000000000000'] } }],
  ['{"text": "call 12345678901234567890, \\"98765432109876543210\\""}', { text: 'call 12345678901234567890, "98765432109876543210"' }],
  ['{"12345678901234567890": 1}', { '12345678901234567890': 1 }],
  ['{"x": 0.12345678901234567}', { x: Number('0.12345678901234567') }],
  ['{"x": 12345678901234567.5}', { x: Number('12345678901234567.5') }],
  ['{"x": 12345678901234567e3}', { x: Number('12345678901234567e3') }],
])('%s', (text, expected) => {
  expect(parseExactly(text)).toEqual(expected)
})

test('keys that mean something to JavaScript are keys like others', () => {
  expect(Object.entries(parseExactly('{"__proto__": {"a": 1}, "constructor": 2}') as object)).toEqual([
    ['__proto__', { a: 1 }],
    ['constructor', 2],
  ])
})

test('without long digits, everything is as JSON.parse has it', () => {
  fc.assert(
    fc.property(
      fc.json().filter((text) => !/\d{16}/.test(text)),
      (text) => {
        expect(parseExactly(text)).toEqual(JSON.parse(text))
      },
    ),
  )
})

describe('nesting', () => {
  test.each([
    ['256 lists', '['.repeat(256) + ']'.repeat(256), true],
    ['257 lists', '['.repeat(257) + ']'.repeat(257), false],
    ['257 objects', '{"a":'.repeat(257) + '1' + '}'.repeat(257), false],
    ['a million', '['.repeat(1e6), false],
    ['many lists beside each other', `[${'[],'.repeat(1000)}1]`, true],
    ['brackets in a text', JSON.stringify({ text: '['.repeat(1000) }), true],
  ])('%s', (_, text, isFine) => {
    if (isFine) expect(parseExactly(text)).toEqual(JSON.parse(text))
    else expect(() => parseExactly(text)).toThrow('nested deeper than 256 levels')
  })
})
