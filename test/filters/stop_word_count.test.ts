import { expect, test } from 'vitest'
import { unmetNeed } from '../../src/core/options.ts'
import stopWordCount from '../../src/filters/stop_word_count.ts'
import { fileWith, measured, temporaryFolder } from '../support.ts'

test.each<[text: string, options: object, value: number]>([
  ['', { words: ['the'] }, 0],
  ['the end of the day', { words: ['the', 'of', 'with'] }, 2],
  ['the end of the day', { words: ['the', 'of', 'with'], count: 'occurrences' }, 3],
  ['The OF', { words: ['the', 'of'] }, 0],
  ['other', { words: ['the'] }, 0],
  ['(the)', { words: ['the'] }, 1],
  ['(the)', { words: ['the'], tokenizer: 'whitespace' }, 0],
  ['и не в', { words: ['и', 'в'] }, 2],
  ['The OF the', { words: ['the', 'of'], ignore_case: true, count: 'occurrences' }, 3],
  ['The the THE', { words: ['The'], ignore_case: true }, 1],
])('%j with %j measures %d', async (text, options, value) => {
  expect(await measured(stopWordCount, text, options)).toBe(value)
})

test('words and a list add up', async () => {
  const list = fileWith(temporaryFolder(), 'list.txt', '# two\nof\nday\n')
  expect(await measured(stopWordCount, 'the end of the day', { words: ['the'], list })).toBe(3)
})

test('stop words must come from somewhere', async () => {
  expect(unmetNeed(stopWordCount.needs, {})).toEqual({ option: undefined, needed: '"words" or "list"' })
  const empty = fileWith(temporaryFolder(), 'list.txt', '# none\n')
  await expect(measured(stopWordCount, 'the end', { list: empty })).rejects.toThrow(`${empty} has no stop words`)
})
