import { expect, test } from 'vitest'
import { Doc } from '../../src/core/doc.ts'
import tokenCount from '../../src/filters/token_count.ts'

async function count(text: string, options: object = {}): Promise<number> {
  const measure = await tokenCount.measure(tokenCount.schema.parse(options))
  return measure(new Doc({ id: '1', text }))
}

test.each([
  ['', 0],
  ['The river rose in the night, and by morning the lower meadow was a lake.', 18],
  ['Ночью река поднялась', 23],
])('GPT-2 tokens, unless another tokenizer is wanted: %j', async (text, tokens) => {
  expect(await count(text)).toBe(tokens)
  expect(await count(text, { tokenizer: 'gpt2' })).toBe(tokens)
})

test('cl100k_base needs fewer', async () => {
  expect(await count('Ночью река поднялась', { tokenizer: 'cl100k_base' })).toBe(11)
})

test('another tokenizer is refused', () => {
  expect(tokenCount.schema.safeParse({ tokenizer: 'llama3' }).success).toBe(false)
})
