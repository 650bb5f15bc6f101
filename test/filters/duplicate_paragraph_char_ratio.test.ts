import { expect, test } from 'vitest'
import duplicateParagraphCharRatio from '../../src/filters/duplicate_paragraph_char_ratio.ts'
import { measured } from '../support.ts'

test.each<[text: string, options: object, value: number]>([
  ['', {}, 0],
  ['ab\n\nab', {}, 2 / 6],
  // White space around the text counts in what the characters are a share of.
  ['ab\n\nab\n\n', {}, 0.25],
  ['日本\n\n日本', {}, 2 / 6],
])('%j with %j measures %d', async (text, options, value) => {
  expect(await measured(duplicateParagraphCharRatio, text, options)).toBe(value)
})
