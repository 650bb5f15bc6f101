import { expect, test } from 'vitest'
import trimLines from '../../src/editors/trim_lines.ts'
import { edited } from '../support.ts'

test.each<[text: string, options: object, becomes: string]>([
  ['', {}, ''],
  [' a \n\tb\n\n', {}, 'a\nb\n'],
  ['a\r\nb\rc\u2028d\u0085e', {}, 'a\nb\nc\nd\ne'],
  ['\u00a0\u3000a\u001f', {}, 'a'],
  // U+FEFF and U+200B are no white space to Python.
  ['\ufeffa\u200b', {}, '\ufeffa\u200b'],
])('%j with %j becomes %j', async (text, options, becomes) => {
  expect(await edited(trimLines, text, options)).toBe(becomes)
})
