import { expect, test } from 'vitest'
import meanLineWordCount from '../../src/filters/mean_line_word_count.ts'
import { measured } from '../support.ts'

test.each<[text: string, options: object, value: number]>([
  ['', {}, 0],
  ['\n\n', {}, 0],
  ['one two three\nfour', {}, 2],
  ['one - two\n', { tokenizer: 'normalized' }, 2],
  ['мир 😀\n\n', {}, 1],
])('%j with %j measures %d', async (text, options, value) => {
  expect(await measured(meanLineWordCount, text, options)).toBe(value)
})
