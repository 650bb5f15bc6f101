import { expect, test } from 'vitest'
import dropNumericLines from '../../src/editors/drop_numeric_lines.ts'
import { edited } from '../support.ts'

test.each<[text: string, options: object, becomes: string]>([
  ['', {}, ''],
  ['2025\n20 25\n20.25\nx2025', {}, '20 25\n20.25\nx2025'],
  ['\n1\n', {}, '\n'],
  ['²③٣', {}, ''],
  ['½\n五', {}, '½\n五'],
  ['\u{1d7d8}\n\u{1f600}', {}, '\u{1f600}'],
])('%j with %j becomes %j', async (text, options, becomes) => {
  expect(await edited(dropNumericLines, text, options)).toBe(becomes)
})
