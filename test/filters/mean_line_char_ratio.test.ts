import { expect, test } from 'vitest'
import meanLineCharRatio from '../../src/filters/mean_line_char_ratio.ts'
import { measured } from '../support.ts'

test.each<[text: string, options: object, value: number]>([
  ['', { characters: 'upper_case' }, 0],
  ['\n', { characters: 'upper_case' }, 0],
  ['ABC', { characters: 'upper_case' }, 1],
  ['ABC\n', { characters: 'upper_case' }, 0.75],
  ['A\nb', { characters: 'upper_case' }, 0.25],
  ['Ш😀', { characters: 'upper_case' }, 0.5],
  ['1,234', { characters: 'numeric', text: 'normalized' }, 1],
  ['1,234', { characters: 'numeric' }, 0.8],
  ['一a', { characters: 'numeric', text: 'normalized' }, 0.5],
  ['5 €\n...\n', { characters: 'numeric', text: 'normalized' }, 1 / 6],
])('%j with %j measures %d', async (text, options, value) => {
  expect(await measured(meanLineCharRatio, text, options)).toBe(value)
})
