import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { knownModels, modelNamed } from '../../src/models/catalog.ts'
import { inspectModel } from '../../src/models/inspect.ts'
import { decant, fileWith, repository, temporaryFolder } from '../support.ts'

const dir = temporaryFolder()
const fixtures = join(repository, 'fixtures/models')
const lid176 = join(repository, 'node_modules/fasttext.wasm.js/dist/fastText/models/lid.176.ftz')

describe('the catalog', () => {
  test.each(knownModels.map((model) => [model.file, model] as const))('%s', (_, model) => {
    for (const recipe of model.recipes) expect(existsSync(join(repository, `pipelines/${recipe}.yaml`))).toBe(true)
    if (model.sha256) expect(model.sha256).toMatch(/^[0-9a-f]{64}$/)
    if (model.md5) expect(model.md5).toMatch(/^[0-9a-f]{32}$/)
    expect(model.url ?? model.note).toMatch(/\S{3}/)
  })

  test('knows every model that a recipe names', () => {
    const unknown = readdirSync(join(repository, 'pipelines')).flatMap((file) => {
      if (!file.endsWith('.yaml') || file === 'pile-cc.yaml') return []
      const text = readFileSync(join(repository, 'pipelines', file), 'utf8')
      const names = [...text.matchAll(/(?:model|sentencepiece): ([\w.-]+\.(?:bin|ftz|arpa|model))/g)].map((found) => found[1]!)
      return names.filter((name) => !modelNamed(name)).map((name) => `${file}: ${name}`)
    })
    expect(unknown).toEqual(['dolma-1.7.yaml: cc_wiki_wikiref_sw_pes2o_adult_fakenews_math_books_openhermes.bin'])
  })

  test.each([
    ['lid.176.bin', 'lid.176.bin'],
    ['de.arpa.bin', '*.arpa.bin'],
    ['en.arpa.bin', 'en.arpa.bin'],
    ['mine.arpa.bin', undefined],
    ['model.bin', undefined],
  ])('%s is named as %s', (name, known) => {
    expect(modelNamed(name)?.file).toBe(known)
  })
})

test.each<[file: string, facts: object]>([
  [
    'one_vs_all.ftz',
    {
      kind: 'fastText',
      labels: 5,
      dimensions: 8,
      loss: 'one_vs_all',
      words: 108,
      buckets: 900,
      word_ngrams: 3,
      quantised: true,
      pruned: true,
    },
  ],
  ['language.probing', { kind: 'KenLM', format: 'binary', order: 3, words: 144 }],
  ['language.quantised.array.trie', { kind: 'KenLM', format: 'binary', order: 3, words: 144 }],
  ['language.arpa', { kind: 'KenLM', format: 'arpa', order: 3, words: 144 }],
  ['bpe.sp.model', { kind: 'SentencePiece', algorithm: 'bpe', pieces: 450, byte_fallback: true }],
  ['tokenizers/gpt2.json', { kind: 'tokenizer', format: 'tokenizer.json', algorithm: 'BPE', tokens: 330 }],
  ['tokenizers/kinds/bert_uncased.json', { kind: 'tokenizer', format: 'tokenizer.json', algorithm: 'WordPiece', tokens: 220 }],
  ['all.counts.npy', { kind: 'counts', buckets: 100 }],
])('%s is inspected', async (file, facts) => {
  expect(await inspectModel(join(fixtures, file))).toMatchObject(facts)
})

const check = (...args: string[]) => decant(['models', 'check', ...args], { cwd: dir })

test('good files: what they are, and whether they are what is published', async () => {
  const { code, stdout } = await check(lid176, join(fixtures, 'language.trie'))
  expect(code).toBe(0)
  expect(stdout).toContain('lid.176.ftz as published\n        sha256 8f3472cf')
  expect(stdout).toContain('labels 176;')
  expect(stdout).toContain('order 3; words 144')
})

test('what is wrong with each file that is not good, and exit code 1', async () => {
  fileWith(dir, 'lid.176.bin', 'not it')
  fileWith(dir, 'lid.176.ftz', Buffer.from(readFileSync(lid176)).fill(0, 5000, 5001))
  fileWith(dir, 'cut.bin', readFileSync(join(fixtures, 'one_vs_all.bin')).subarray(0, 3000))
  fileWith(dir, 'mine.yaml', `steps:\n  - fasttext_score: { model: cut.bin, label: a }\n  - language_score: { model: none.bin }\n`)
  const { code, stdout } = await check('.', 'mine.yaml', 'text.txt')
  expect(code).toBe(1)
  // As one line each, whatever the width.
  const found = stdout.replaceAll(/\n {8}(?!hint)/g, ' ').split('\n')
  expect(found.filter((line) => line.startsWith('FAILED'))).toEqual([
    'FAILED  cut.bin is a damaged fastText model',
    'FAILED  lid.176.bin has 6 bytes; lid.176.bin has 131,266,198',
    expect.stringMatching(/^FAILED {2}lid\.176\.ftz is not lid\.176\.ftz: its sha256 is [0-9a-f]{64}$/),
    expect.stringMatching(/^FAILED {2}\S+\/cut\.bin is a damaged fastText model$/),
    expect.stringMatching(/^FAILED {2}\S+\/none\.bin: no such file$/),
    'FAILED  text.txt: no such file',
  ])
})

test('as JSON', async () => {
  const { code, stdout } = await check('--json', lid176)
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({
    ok: true,
    models: [{ ok: true, known: 'lid.176.ftz', verified: true, facts: { labels: 176 } }],
  })
})

test('where models come from, for all recipes or one', async () => {
  const all = await decant(['models'])
  expect(all.stdout.match(/^\S+ \(/gm)).toHaveLength(knownModels.length)
  expect((await decant(['models', '--recipe', 'fineweb-2'])).stdout).toContain('cis-lmu/glotlid')
  expect((await decant(['describe', 'fineweb-2'])).stdout).toContain('cis-lmu/glotlid')
  expect((await decant(['describe', 'slimpajama'])).stdout).toMatch(/^models\n {2}none$/m)
  const { code, stderr } = await decant(['models', '--recipe', 'dcl'])
  expect([code, stderr.split('\n')[0]]).toEqual([2, 'decant: no known models for recipe "dcl"; did you mean dclm?'])
})
