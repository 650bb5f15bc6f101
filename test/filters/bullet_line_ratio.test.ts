import { expect, test } from 'vitest'
import bulletLineRatio from '../../src/filters/bullet_line_ratio.ts'
import { measured } from '../support.ts'

test.each<[text: string, options: object, value: number]>([
  ['', { marks: ['-'] }, 0],
  ['\n\n', { marks: ['-'] }, 0],
  ['- a\nb', { marks: ['-'] }, 0.5],
  [' \t\u00a0• a\n\n', { marks: ['•', '-'] }, 0.5],
  ['a - b', { marks: ['-'] }, 0],
  ['—', { marks: ['-'] }, 0],
  ['- a\u2028- b', { marks: ['-'] }, 1],
  ['- a\u2028b', { marks: ['-'], line_split: 'newline' }, 1],
  [' - a\n- b', { marks: ['-'], line_split: 'newline', strip: false }, 0.5],
  [' • a\n \n', { marks: ['•'], line_split: 'trimmed' }, 1],
])('%j with %j measures %d', async (text, options, value) => {
  expect(await measured(bulletLineRatio, text, options)).toBe(value)
})
