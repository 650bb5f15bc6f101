import { expect, test } from 'vitest'
import normalizeUnicode from '../../src/editors/normalize_unicode.ts'
import { edited } from '../support.ts'

test.each<[text: string, options: object, becomes: string]>([
  ['', {}, ''],
  ['e\u0301', {}, 'é'],
  ['é', { form: 'NFD' }, 'e\u0301'],
  ['Å ﬁ ½', { form: 'NFKC' }, 'Å fi 1⁄2'],
  ['각', {}, '각'],
  ['\ud83d', {}, '\ud83d'],
])('%j with %j becomes %j', async (text, options, becomes) => {
  expect(await edited(normalizeUnicode, text, options)).toBe(becomes)
})
