import { expect, test } from 'vitest'
import dropSymbolLines from '../../src/editors/drop_symbol_lines.ts'
import { edited } from '../support.ts'

test.each<[text: string, options: object, becomes: string]>([
  ['', {}, ''],
  ['a\n***\nb', {}, 'a\nb'],
  ['a\n* * !?\n。\nb', {}, 'a\nb'],
  [' \n\n', {}, ' \n'],
  ['a\r\n---\r\nb', {}, 'a\nb'],
  // A tab is no space here, and € no punctuation.
  ['|\t|\n€', {}, '|\t|\n€'],
  ['|\n-', { symbols: '|' }, '-'],
  ['|\na\n|\n|\nb', { symbols: '|', replacement: '\n' }, '\n\na\n\n\nb'],
  ['😀\n😀 x', { symbols: '😀' }, '😀 x'],
])('%j with %j becomes %j', async (text, options, becomes) => {
  expect(await edited(dropSymbolLines, text, options)).toBe(becomes)
})
