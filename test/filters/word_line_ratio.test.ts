import { expect, test } from 'vitest'
import wordLineRatio from '../../src/filters/word_line_ratio.ts'
import { measured } from '../support.ts'

test.each<[text: string, options: object, value: number]>([
  ['', { words: ['javascript'] }, 0],
  ['javascript', { words: ['javascript'] }, 1],
  ['javascripts', { words: ['javascript'] }, 0],
  ['java-script\nJAVASCRIPT javascript\n\nend', { words: ['javascript'], tokenizer: 'normalized' }, 0.5],
  ['мир\nдом', { words: ['мир', '😀'] }, 0.5],
])('%j with %j measures %d', async (text, options, value) => {
  expect(await measured(wordLineRatio, text, options)).toBe(value)
})
