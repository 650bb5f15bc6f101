import { expect, test } from 'vitest'
import sentenceCount from '../../src/filters/sentence_count.ts'
import { measured } from '../support.ts'

test.each<[text: string, options: object, value: number]>([
  ['', {}, 0],
  ['', { per: 'text' }, 1],
  ['\n \n', {}, 0],
  ['one\ntwo', {}, 2],
  ['One. Two! Three?', {}, 3],
  ['One. Two.\n\nThree.', {}, 3],
  ['Dr. Who came on Jan. 3. He left.', {}, 2],
  ['Wait... no.', {}, 1],
  ['', { splitter: 'nltk_english', per: 'text' }, 0],
  ['\n \n', { splitter: 'nltk_english' }, 0],
  ['one\ntwo', { splitter: 'nltk_english' }, 2],
  ['one\ntwo', { splitter: 'nltk_english', per: 'text' }, 1],
  ['Dr. Who came on Jan. 3. He left. (Really.)', { splitter: 'nltk_english' }, 3],
  ['', { splitter: 'marks', per: 'text' }, 0],
  ['Dr. Who.\nOne 3.5', { splitter: 'marks' }, 4],
  ['Dr. Who\nOne 3.5', { splitter: 'marks', per: 'text' }, 3],
  // A mark within a run of such characters is no word of its own.
  ['一。二。', {}, 1],
  ['一。 二。', {}, 2],
])('%j with %j measures %d', async (text, options, value) => {
  expect(await measured(sentenceCount, text, options)).toBe(value)
})
