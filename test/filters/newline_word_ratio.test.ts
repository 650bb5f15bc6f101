import { expect, test } from 'vitest'
import newlineWordRatio from '../../src/filters/newline_word_ratio.ts'
import { measured } from '../support.ts'

test.each<[text: string, options: object, value: number]>([
  ['', {}, 0],
  ['\n\n\n', {}, 0],
  ['a\nb', {}, 0.5],
  ['a\n\nbc.', {}, 2 / 3],
  ['a\r\nb', {}, 0.5],
  ['a\u2028b', {}, 0],
  ['a\nb.', { tokenizer: 'whitespace' }, 0.5],
])('%j with %j measures %d', async (text, options, value) => {
  expect(await measured(newlineWordRatio, text, options)).toBe(value)
})
