import { expect, test } from 'vitest'
import { Doc } from '../../src/core/doc.ts'
import { asciiAlphanumerics, normalizedEntries, urlWords } from '../../src/text/url_words.ts'

test('words of an address keep their case', () => {
  const words = urlWords(new Doc({ id: '1', text: '', url: 'https://A-b.com/a_B/é9?x=A#' }))
  expect([...words]).toEqual(['https', 'A', 'b', 'com', 'a', 'B', '9', 'x', ''])
})

test.each([
  ['Free-Porn', 'freeporn'],
  ['https://x.com/é', 'httpsxcom'],
  ['', ''],
])('only letters and digits of %j', (text, expected) => {
  expect(asciiAlphanumerics(text)).toBe(expected)
})

test('entries that nothing is left of are dropped', () => {
  expect(normalizedEntries(['A-b', 'ab', '---', 'é', 'c'])).toEqual(['ab', 'c'])
})
