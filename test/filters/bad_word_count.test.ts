import { expect, test } from 'vitest'
import badWordCount from '../../src/filters/bad_word_count.ts'
import { fileWith, measured, temporaryFolder } from '../support.ts'

const words = fileWith(temporaryFolder(), 'words.txt', '# comment\nbad\nWorse luck\nплохо\n')

test.each<[text: string, options: object, value: number]>([
  ['', { words }, 0],
  ['A bad, very BAD day.', { words }, 1],
  ['badly', { words }, 0],
  ['badly', { words, borders: false }, 1],
  ['not_bad bad1', { words }, 0],
  ['(bad)\nworse luck', { words }, 2],
  ['worse  luck', { words }, 0],
  ['плохо дело', { words }, 1],
  ['неплохо', { words }, 0],
  // Beyond letters, digits and _ anything is a border, a combining mark too.
  ['😀bad\u0301', { words }, 1],
  ['𝐀bad', { words }, 0],
])('%j with %j measures %d', async (text, options, value) => {
  expect(await measured(badWordCount, text, options)).toBe(value)
})
