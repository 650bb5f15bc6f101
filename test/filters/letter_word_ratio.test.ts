import { expect, test } from 'vitest'
import letterWordRatio from '../../src/filters/letter_word_ratio.ts'
import { measured } from '../support.ts'

test.each<[text: string, options: object, value: number]>([
  ['', {}, 0],
  ['12 34', {}, 0],
  ['a 1', {}, 0.5],
  ['a.', {}, 1],
  ['ab.', {}, 0.5],
  ['ªº', {}, 1],
  ['مرحبا', {}, 1],
  ['𝐀', {}, 1],
  // Marks without a base and numerals are no letters.
  ['\u0301 Ⅷ', {}, 0],
  ['мир é 1', { letters: 'ascii' }, 0],
  ['мир e 1 2', { letters: 'ascii', counted: 'without' }, 0.75],
  ['', { counted: 'without' }, 0],
  ['one, 2', { tokenizer: 'whitespace' }, 0.5],
])('%j with %j measures %d', async (text, options, value) => {
  expect(await measured(letterWordRatio, text, options)).toBe(value)
})
