import { expect, test } from 'vitest'
import medianWordLength from '../../src/filters/median_word_length.ts'
import { measured } from '../support.ts'

test.each<[text: string, options: object, value: number]>([
  ['', {}, 0],
  ['... !', {}, 0],
  ['a bbb', {}, 2],
  ['a bb bbb', {}, 2],
  ['aaaa a a', {}, 1],
  ['a bbb - -', { tokenizer: 'whitespace', symbol_set: 'none' }, 1],
  ['мир 日本', {}, 2.5],
  ['\u{10400}\u{10400}', {}, 2],
])('%j with %j measures %d', async (text, options, value) => {
  expect(await measured(medianWordLength, text, options)).toBe(value)
})
