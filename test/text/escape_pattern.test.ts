import fc from 'fast-check'
import { expect, test } from 'vitest'
import { escapePattern } from '../../src/text/escape_pattern.ts'

test('any text matches itself', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(new RegExp(`^${escapePattern(text)}$`, 'u').test(text)).toBe(true)
    }),
  )
})
