import { expect, test } from 'vitest'
import upperCaseWordRatio from '../../src/filters/upper_case_word_ratio.ts'
import { measured } from '../support.ts'

test.each<[text: string, options: object, value: number]>([
  ['', {}, 0],
  ['NASA ESA', {}, 1],
  ['B2 2B 42 Bb', {}, 0.5],
  ['МИР Мир', {}, 0.5],
  ['日本', {}, 0],
  ['𐐀 𐐨', { tokenizer: 'whitespace' }, 0.5],
  // A title-case letter is no capital; a Roman numeral and a circled letter are.
  ['ǅ ⅧⒶ', { tokenizer: 'whitespace' }, 0.5],
])('%j with %j measures %d', async (text, options, value) => {
  expect(await measured(upperCaseWordRatio, text, options)).toBe(value)
})
