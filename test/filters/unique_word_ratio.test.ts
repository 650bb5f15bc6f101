import { expect, test } from 'vitest'
import uniqueWordRatio from '../../src/filters/unique_word_ratio.ts'
import { measured } from '../support.ts'

test.each<[text: string, options: object, value: number]>([
  ['', {}, 0],
  ['...', { tokenizer: 'normalized' }, 0],
  ['one One one', {}, 2 / 3],
  ['one One, one!', { tokenizer: 'normalized' }, 1 / 3],
  ['мир мир 😀', {}, 2 / 3],
])('%j with %j measures %d', async (text, options, value) => {
  expect(await measured(uniqueWordRatio, text, options)).toBe(value)
})
