import { expect, test } from 'vitest'
import wordEntropy from '../../src/filters/word_entropy.ts'
import { measured } from '../support.ts'

test.each<[text: string, options: object, value: number]>([
  ['', {}, 0],
  ['one', {}, 0],
  ['one two', {}, Math.log(2)],
  ['one One', { tokenizer: 'normalized' }, 0],
  ['a a b', {}, -(2 / 3) * Math.log(2 / 3) - (1 / 3) * Math.log(1 / 3)],
  ['😀 мир', {}, Math.log(2)],
])('%j with %j measures %d', async (text, options, value) => {
  expect(await measured(wordEntropy, text, options)).toBe(value)
})
