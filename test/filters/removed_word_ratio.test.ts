import { expect, test } from 'vitest'
import { Doc } from '../../src/core/doc.ts'
import removedWordRatio from '../../src/filters/removed_word_ratio.ts'
import { readConfig } from '../../src/pipeline/config.ts'
import { fileWith, runHere, temporaryFolder } from '../support.ts'

const dir = temporaryFolder()
const options = { before: 'words' }

test.each<[text: string, before: number, value: number]>([
  ['', 0, 0],
  ['', 4, 1],
  ['one two three four', 4, 0],
  ['one two three', 4, 0.25],
  ['one two three four five', 4, -0.25],
  ['мир 日本 😀', 4, 0.25],
])('%j after %d words: %d', async (text, before, value) => {
  const measure = await removedWordRatio.measure(removedWordRatio.schema.parse({ ...options, tokenizer: 'whitespace' }), () => () => before)
  expect(measure(new Doc({ id: '1', text }))).toBe(value)
})

const steps = (before: string): string => `name: removed
steps:
  - read
  - word_count: { as: words, tokenizer: whitespace, symbol_set: none }
  - drop_short_lines: { min_words: 2 }
  - exact_dedup
  - removed_word_ratio: { before: ${before}, tokenizer: whitespace, max: 0.25 }
  - word_count: { as: later }
  - write
`

test('the count before travels with a document, over a barrier too', async () => {
  const input = fileWith(
    dir,
    'in.jsonl',
    ['one two three\nfour', 'one two\nthree'].map((text, i) => JSON.stringify({ id: `${i}`, text })).join('\n'),
  )
  const { manifest } = await runHere(fileWith(dir, 'removed.yaml', steps('words')), input, `${dir}/run`)
  expect(manifest.records).toMatchObject({ kept: 1, removed: { 'removed_word_ratio.max': 1 } })
})

test.each(['wrds', 'later'])('a label %s that nothing before it has', async (label) => {
  const path = fileWith(dir, `${label}.yaml`, steps(label))
  expect(readConfig(path).steps).toHaveLength(7)
  await expect(runHere(path, fileWith(dir, 'one.jsonl', '{"id":"1","text":"a b"}'), `${dir}/${label}`)).rejects.toThrow(
    `no step before removed_word_ratio measures "${label}"`,
  )
})
