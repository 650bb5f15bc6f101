import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { fileTokenCounter } from '../../src/models/tokenizer.ts'
import { oniguruma } from '../../src/models/tokenizer_json_regex.ts'
import { fileWith, readJson, repository, temporaryFolder } from '../support.ts'

const folder = join(repository, 'fixtures/models/tokenizers')
const { texts, counts } = readJson<{ texts: string[]; counts: Record<string, number[]> }>(join(folder, 'counts.json'))
const dir = temporaryFolder()

test.each(Object.entries(counts))('%s: as many tokens as Hugging Face’s library counts', (name, expected) => {
  const count = fileTokenCounter(join(folder, `${name}.json`))
  expect(texts.map(count)).toEqual(expected)
  // from the cache
  expect(texts.map(count)).toEqual(expected)
})

test.each<[name: string, text: string]>([
  ['llama2', 'x'.repeat(300_000)],
  ['gpt2', ' '.repeat(300_000)],
  ['llama3', `${'\n '.repeat(100_000)}y`],
  ['qwen', '-'.repeat(300_000)],
])('%s: a text without words takes no longer than others', (name, text) => {
  const start = performance.now()
  expect(fileTokenCounter(join(folder, `${name}.json`))(text)).toBeGreaterThan(100)
  expect(performance.now() - start).toBeLessThan(5000)
})

test('a lone surrogate counts as U+FFFD', () => {
  const count = fileTokenCounter(join(folder, 'gpt2.json'))
  expect(count('a\ud83d b')).toBe(count('a\ufffd b'))
})

describe('patterns of Oniguruma', () => {
  test.each([
    ["(?i:'s|[ab])c", "'S 'ſ Ac bC bc", ['Ac', 'bc']],
    ['\\s+(?!\\S)|\\s+', 'a\u0085 b\ufeffc', ['\u0085', ' ']],
    ['[^\\s\\p{L}]+', '\ufeff.a\u0085', ['\ufeff.']],
    ['\\d{2}', '12٣٤5', ['12', '٣٤']],
  ])('%s', (pattern, text, found) => {
    expect(text.match(oniguruma(pattern))).toEqual(found)
  })
})

const gpt2 = JSON.parse(readFileSync(join(folder, 'gpt2.json'), 'utf8'))
test.each<[name: string, content: string, message: RegExp]>([
  ['text.json', 'tokens', /text\.json is not JSON$/],
  ['empty.json', '{}', /empty\.json is not a tokenizer\.json: model: /],
  ['unigram.json', JSON.stringify({ model: { type: 'Unigram', vocab: [] } }), /holds a tokenizer of type Unigram$/],
  ['merge.json', JSON.stringify({ ...gpt2, model: { ...gpt2.model, merges: ['zz zz'] } }), /the merge "zz zz" is not in the vocabulary$/],
  ['step.json', JSON.stringify({ ...gpt2, pre_tokenizer: { type: 'Magic' } }), /a pre-tokenizer of type Magic cannot be used$/],
  [
    'regex.json',
    JSON.stringify({ ...gpt2, pre_tokenizer: { type: 'Split', pattern: { Regex: '(' }, behavior: 'Isolated' } }),
    /has a step that cannot be used: Invalid regular expression/,
  ],
  [
    'normalizer.json',
    JSON.stringify({ ...gpt2, normalizer: { type: 'Precompiled', precompiled_charsmap: '' } }),
    /a normalizer of type Precompiled cannot be used$/,
  ],
])('%s', (name, content, message) => {
  expect(() => fileTokenCounter(fileWith(dir, name, content))).toThrow(
    expect.objectContaining({ name: 'UserError', message: expect.stringMatching(message) }),
  )
  expect(() => fileTokenCounter(join(dir, 'none.json'))).toThrow('none.json cannot be read (ENOENT)')
})
