import { expect, test } from 'vitest'
import capNewlines from '../../src/editors/cap_newlines.ts'
import { edited } from '../support.ts'

test.each<[text: string, options: object, becomes: string]>([
  ['', { max: 2 }, ''],
  ['\n\n\n', { max: 2 }, '\n\n'],
  ['a\n\nb\n\n\n\nc\n', { max: 2 }, 'a\n\nb\n\nc\n'],
  ['a\n\nb', { max: 1 }, 'a\nb'],
  ['a\r\n\r\n\r\nb', { max: 1 }, 'a\r\n\r\n\r\nb'],
])('%j with %j becomes %j', async (text, options, becomes) => {
  expect(await edited(capNewlines, text, options)).toBe(becomes)
})
