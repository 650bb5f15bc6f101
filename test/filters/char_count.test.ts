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
])('%j with %j measures %d', async (text, options, value) => {
  expect(await measured(charCount, text, options)).toBe(value)
})
