import { expect, test } from 'vitest'
import listedPhraseCount from '../../src/filters/listed_phrase_count.ts'
import { fileWith, measured, repository, temporaryFolder } from '../support.ts'

const sample = { phrases: `${repository}pipelines/lists/blocked_phrases.txt`, tokenizer: 'normalized' }

test.each<[text: string, options: object, value: number]>([
  ['', {}, 0],
  ['free spins', {}, 1],
  ['Free. Spins', {}, 1],
  ['free', {}, 0],
  ['free free spins spins casino', {}, 2],
  ['free-spins', {}, 0],
  ['казино 😀', {}, 0],
])('%j with %j measures %d', async (text, options, value) => {
  expect(await measured(listedPhraseCount, text, { ...sample, ...options })).toBe(value)
})

// RedPajama-V2's content.py compares LDNOOBW's entries as they are with words in lower case and without punctuation.
test('an entry with a capital or a hyphen is never found', async () => {
  const phrases = fileWith(temporaryFolder(), 'list.txt', 'Hard\non-line\na b\na b c\n')
  expect(await measured(listedPhraseCount, 'Hard hard on-line online a b c', { ...sample, phrases })).toBe(2)
})
