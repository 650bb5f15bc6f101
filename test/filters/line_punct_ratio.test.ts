import { expect, test } from 'vitest'
import linePunctRatio from '../../src/filters/line_punct_ratio.ts'
import { measured } from '../support.ts'

test.each<[text: string, options: object, value: number]>([
  ['', {}, 0],
  ['\n', {}, 0],
  ['One.\ntwo', {}, 0.5],
  ['One.\n\n\n', {}, 1],
  ['One. ', {}, 0],
  ['"One."', {}, 0],
  ['wait…', {}, 0],
  ['一。\nदो।\nثلاثة؟\n𑁇', {}, 1],
  ['"One."\n\n', { marks: '"', line_split: 'newline' }, 1 / 3],
  ['One.\u0085\x1c\n \n', { strip: true, line_split: 'newline_ends' }, 0.5],
  ['One;', { marks: '.;' }, 1],
  ['One. \u00a0\ntwo', { strip: true }, 0.5],
  ['One.\n\nTwo?\n', { marks: '.?!"', line_split: 'newline', strip: true }, 0.5],
])('%j with %j measures %d', async (text, options, value) => {
  expect(await measured(linePunctRatio, text, options)).toBe(value)
})
