import { expect, test } from 'vitest'
import lineCount from '../../src/filters/line_count.ts'
import { measured } from '../support.ts'

test.each<[text: string, options: object, value: number]>([
  ['', {}, 0],
  ['\n', {}, 1],
  ['one', {}, 1],
  ['one\n', {}, 1],
  ['one\r\n\ntwo\u2028three', {}, 3],
  ['one\n', { line_split: 'newline' }, 2],
  ['一\n😀', {}, 2],
])('%j with %j measures %d', async (text, options, value) => {
  expect(await measured(lineCount, text, options)).toBe(value)
})
