import { expect, test } from 'vitest'
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

test('words and a list add up; without either the user is told', async () => {
  const list = fileWith(temporaryFolder(), 'list.txt', '# two\nof\nday\n')
  expect(await measured(stopWordCount, 'the end of the day', { words: ['the'], list })).toBe(3)
  await expect(measured(stopWordCount, 'the end')).rejects.toThrow(
    expect.objectContaining({ name: 'UserError', message: 'stop_word_count has no stop words' }),
  )
})
