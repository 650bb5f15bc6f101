import { expect, test } from 'vitest'
import phraseRatio from '../../src/filters/phrase_ratio.ts'
import { measured } from '../support.ts'

test.each<[text: string, options: object, value: number]>([
  ['', { phrases: ['{'] }, 0],
  ['{{}}', { phrases: ['{', '}'] }, 1],
  ['😀{', { phrases: ['{'] }, 0.5],
  ['LOREM, ipsum', { phrases: ['lorem ipsum'], text: 'normalized' }, 1 / 11],
  ['lorem-ipsum', { phrases: ['lorem ipsum'], text: 'normalized' }, 0],
  // The length is that of the text as it is, although İ in lower case is two characters.
  ['İx', { phrases: ['X'] }, 0.5],
  ['...', { phrases: ['a'], text: 'normalized' }, 0],
])('%j with %j measures %d', async (text, options, value) => {
  expect(await measured(phraseRatio, text, options)).toBe(value)
})
