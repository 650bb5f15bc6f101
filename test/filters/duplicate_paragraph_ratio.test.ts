import { expect, test } from 'vitest'
import duplicateParagraphRatio from '../../src/filters/duplicate_paragraph_ratio.ts'
import { measured } from '../support.ts'

test.each<[text: string, options: object, value: number]>([
  ['', {}, 0],
  ['a\n\na', {}, 0.5],
  ['a\na', {}, 0],
  ['a\n\n\n\na\n\nb\n\n', {}, 1 / 3],
  ['\n\na\n\na', {}, 0.5],
  // A blank line with a space in it ends no paragraph.
  ['a\n \na', {}, 0],
])('%j with %j measures %d', async (text, options, value) => {
  expect(await measured(duplicateParagraphRatio, text, options)).toBe(value)
})
