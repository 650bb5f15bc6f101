import { expect, test } from 'vitest'
import dropUpperCaseLines from '../../src/editors/drop_upper_case_lines.ts'
import { edited } from '../support.ts'

test.each<[text: string, options: object, becomes: string]>([
  ['', { max_ratio: 0.5 }, ''],
  ['ABcd\nABCd\nabcd', { max_ratio: 0.5 }, 'ABcd\nabcd'],
  // Every character counts, spaces and digits too.
  ['AB 1\nA B', { max_ratio: 0.5 }, 'AB 1'],
  ['A', { max_ratio: 0.5 }, ''],
  ['\n\nA\n', { max_ratio: 0 }, '\n\n'],
  ['МИР\nмир', { max_ratio: 0.5 }, 'мир'],
  ['\u{10400}\u{10428}\n\u{10400}\u{10400}\u{10428}', { max_ratio: 0.5 }, '\u{10400}\u{10428}'],
  ['日本', { max_ratio: 0 }, '日本'],
])('%j with %j becomes %j', async (text, options, becomes) => {
  expect(await edited(dropUpperCaseLines, text, options)).toBe(becomes)
})
