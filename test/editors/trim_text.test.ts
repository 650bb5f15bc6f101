import { expect, test } from 'vitest'
import trimText from '../../src/editors/trim_text.ts'
import { edited } from '../support.ts'

test.each<[text: string, options: object, becomes: string]>([
  ['', {}, ''],
  [' \n ', {}, ''],
  ['\n a \n b \n', {}, 'a \n b'],
  ['\u00a0a\u2028', {}, 'a'],
])('%j with %j becomes %j', async (text, options, becomes) => {
  expect(await edited(trimText, text, options)).toBe(becomes)
})
