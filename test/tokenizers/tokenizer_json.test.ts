import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { fileTokenCounter } from '../../src/tokenizers/token_counter.ts'
import { readTokenizerJson } from '../../src/tokenizers/tokenizer_json/tokenizer_json.ts'
import { cpuSeconds, fileWith, readJson, repository, temporaryFolder } from '../support.ts'

const folder = join(repository, 'fixtures/models/tokenizers')
const dir = temporaryFolder()

/** What the library counts with the small tokenizers of a folder (fixtures/models/*.py). */
interface Counted {
  texts: string[]
  counts: Record<string, number[]>
}

describe.each([folder, join(folder, 'kinds')])('as many tokens as Hugging Face’s library counts', (from) => {
  const { texts, counts } = readJson<Counted>(join(from, 'counts.json'))

  test.each(Object.entries(counts))('%s', (name, expected) => {
    const count = fileTokenCounter(join(from, `${name}.json`))
    expect(texts.map(count)).toEqual(expected)
    // from the cache
    expect(texts.map(count)).toEqual(expected)
  })
})

describe('200,000 characters without words', () => {
  const { repeated, long } = readJson<{ repeated: [part: string, times: number][]; long: Record<string, number[]> }>(
    join(folder, 'kinds/counts.json'),
  )

  test.each(Object.entries(long))('%s', (name, expected) => {
    const count = fileTokenCounter(join(folder, `kinds/${name}.json`))
    expect(repeated.map(([part, times]) => count(part.repeat(times)))).toEqual(expected)
  })
})

test.each<[name: string, text: string]>([
  ['llama2', 'x'.repeat(300_000)],
  ['gpt2', ' '.repeat(300_000)],
  ['llama3', `${'\n '.repeat(100_000)}y`],
  ['qwen', '-'.repeat(300_000)],
])('%s: a text without words takes no longer than others', async (name, text) => {
  // Quadratic time would be minutes.
  const seconds = await cpuSeconds(() => {
    expect(fileTokenCounter(join(folder, `${name}.json`))(text)).toBeGreaterThan(100)
  })
  expect(seconds).toBeLessThan(5)
})

test('a lone surrogate counts as U+FFFD', () => {
  const count = fileTokenCounter(join(folder, 'gpt2.json'))
  expect(count('a\ud83d b')).toBe(count('a\ufffd b'))
})

test.each<[kind: string, facts: object]>([
  ['gpt2', { algorithm: 'BPE', tokens: 330 }],
  ['kinds/t5', { algorithm: 'Unigram', tokens: 157 }],
  ['kinds/bert_uncased', { algorithm: 'WordPiece', tokens: 220 }],
  ['kinds/word_level', { algorithm: 'WordLevel', tokens: 131 }],
])('%s: what the file holds', (kind, facts) => {
  expect(readTokenizerJson(join(folder, `${kind}.json`))).toMatchObject(facts)
})

test('a file that does not say its type is told by its fields, and one’s truncation is left aside', () => {
  for (const kind of ['gpt2', 'kinds/t5', 'kinds/bert_uncased', 'kinds/word_level']) {
    const file = readJson<{ model: { type?: string } }>(join(folder, `${kind}.json`))
    delete file.model.type
    const path = fileWith(
      dir,
      'untyped.json',
      JSON.stringify({ ...file, truncation: { max_length: 2 }, padding: { strategy: { Fixed: 9 } } }),
    )
    const text = 'roses and tomatoes grew along the wall'
    expect(readTokenizerJson(path).count(text)).toBe(fileTokenCounter(join(folder, `${kind}.json`))(text))
  }
})

const gpt2 = readJson<Record<string, object>>(join(folder, 'gpt2.json'))
const t5 = readJson<Record<string, object>>(join(folder, 'kinds/t5.json'))
const bert = readJson<Record<string, object>>(join(folder, 'kinds/bert_uncased.json'))
const split = (pattern: string): object => ({ type: 'Split', pattern: { Regex: pattern }, behavior: 'Isolated', invert: false })
test.each<[name: string, content: unknown, message: RegExp]>([
  ['text.json', 'tokens', /text\.json is not a tokenizer\.json: expected a map, got "tokens"$/],
  ['empty.json', {}, /empty\.json is not a tokenizer\.json: model: missing, expected a map$/],
  [
    'unigram.json',
    { model: { type: 'Unigram', vocab: {} } },
    /unigram\.json has a part that cannot be used: vocab: tokens and their scores are missing$/,
  ],
  ['other.json', { model: { type: 'Other' } }, /other\.json: a model of type Other cannot be used$/],
  ['unknown.json', { ...t5, model: { ...t5['model'], unk_id: 999 } }, /unknown\.json: its unk_id 999 is not in the vocabulary$/],
  [
    'dropout.json',
    { ...gpt2, model: { ...gpt2['model'], dropout: 0.1 } },
    /dropout\.json: its BPE model drops merges by chance \(dropout 0\.1\)$/,
  ],
  ['merge.json', { ...gpt2, model: { ...gpt2['model'], merges: ['zz zz'] } }, /the merge "zz zz" is not in the vocabulary$/],
  [
    'piece.json',
    { ...bert, model: { ...bert['model'], unk_token: undefined } },
    /piece\.json has a part that cannot be used: unk_token: expected a text$/,
  ],
  ['step.json', { ...gpt2, pre_tokenizer: { type: 'Magic' } }, /a pre-tokenizer of type Magic cannot be used$/],
  [
    'length.json',
    { ...gpt2, pre_tokenizer: { type: 'FixedLength', length: 0 } },
    /length\.json has a part that cannot be used: expected a number of at least 1$/,
  ],
  ['regex.json', { ...gpt2, pre_tokenizer: split('(') }, /has a step that cannot be used: a parenthesis is not closed$/],
  ['property.json', { ...gpt2, pre_tokenizer: split('\\p{Magic}') }, /has a step that cannot be used: \\p\{Magic\} is not known$/],
  ['absent.json', { ...gpt2, pre_tokenizer: split('(?~a)') }, /a group of this kind cannot be used: \(\?~$/],
  ['normalizer.json', { ...gpt2, normalizer: { type: 'Other' } }, /a normalizer of type Other cannot be used$/],
  [
    'map.json',
    { ...gpt2, normalizer: { type: 'Precompiled', precompiled_charsmap: '' } },
    /map\.json: its Precompiled normalizer is a damaged SentencePiece model$/,
  ],
])('%s', (name, content, message) => {
  expect(() => fileTokenCounter(fileWith(dir, name, JSON.stringify(content)))).toThrow(
    expect.objectContaining({ name: 'UserError', message: expect.stringMatching(message) }),
  )
})

test('no file, and no JSON', () => {
  expect(() => fileTokenCounter(join(dir, 'none.json'))).toThrow('none.json cannot be read (ENOENT)')
  expect(() => fileTokenCounter(fileWith(dir, 'words.json', 'words'))).toThrow(/words\.json is not JSON$/)
})

test.each<[kind: string, change: object]>([
  ['t5', { unk_id: null }],
  ['bert_uncased', { unk_token: '[OTHER]' }],
  ['word_level', { unk_token: '[OTHER]' }],
  ['clip', { unk_token: '<other>' }],
])('%s: a text with something unknown, where the file has no token for it', (kind, change) => {
  const file = readJson<{ model: object }>(join(folder, `kinds/${kind}.json`))
  const path = fileWith(dir, `${kind}.json`, JSON.stringify({ ...file, model: { ...file.model, ...change } }))
  const { count } = readTokenizerJson(path)
  expect(() => count('ꙮ☃')).toThrow(
    expect.objectContaining({
      name: 'UserError',
      message: expect.stringMatching(/json: a text has "▁?[ꙮ☃]+", for which the tokenizer has no token/u),
    }),
  )
})
