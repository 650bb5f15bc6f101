import { expect, test } from 'vitest'
import charCount from '../../src/filters/char_count.ts'
import { measured } from '../support.ts'

test.each<[text: string, options: object, value: number]>([
  ['', {}, 0],
  ['two words', {}, 9],
  ['a\r\nb', {}, 4],
  ['日本語', {}, 3],
  ['😀👍🏽', {}, 3],
  // A surrogate without its other half counts as one.
  ['\ud83d', {}, 1],
  ['\ude00\ud83d', {}, 2],
  ['', { of: 'cleaned' }, 0],
  ['?!', { of: 'cleaned' }, 0],
  [' a,  b.\n', { of: 'cleaned' }, 3],
  // Only ASCII punctuation goes.
  ['a — “b”', { of: 'cleaned' }, 7],
  ['a\u00a0\u3000b\ufeff', { of: 'cleaned' }, 4],
])('%j with %j measures %d', async (text, options, value) => {
  expect(await measured(charCount, text, options)).toBe(value)
})
