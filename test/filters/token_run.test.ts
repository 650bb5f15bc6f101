import { expect, test } from 'vitest'
import tokenRun from '../../src/filters/token_run.ts'
import { measured } from '../support.ts'

test.each<[text: string, options: object, value: number]>([
  ['', {}, 0],
  ['ha ha', {}, 0],
  [' ha ha ha', {}, 3],
  [' la di da'.repeat(99), {}, 99],
  [' la di da'.repeat(100), {}, 100],
  // GPT-2 has a token for each space but the last one of many.
  [' '.repeat(40), {}, 40],
  ['日本'.repeat(10), { tokenizer: 'cl100k_base' }, 10],
  ['😀'.repeat(10), {}, 10],
  [' a b c d'.repeat(5), { max_period: 3 }, 0],
])('%j with %j measures %d', async (text, options, value) => {
  expect(await measured(tokenRun, text, options)).toBe(value)
})
