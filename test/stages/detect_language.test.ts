import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { Doc } from '../../src/core/doc.ts'
import type { Docs, Task } from '../../src/core/task.ts'
import languageScore from '../../src/filters/language_score.ts'
import { languageAndScript, languageModel } from '../../src/models/language.ts'
import detectLanguage from '../../src/stages/detect_language.ts'
import { collect } from '../support.ts'

const topics = fileURLToPath(new URL('../../fixtures/models/softmax_bigrams.ftz', import.meta.url))

async function* stream(texts: readonly string[]): Docs {
  for (const [i, text] of texts.entries()) yield new Doc({ id: String(i), text, metadata: { dump: 'A' } })
}

const detect = (texts: readonly string[], options: object = {}): Promise<Doc[]> =>
  collect(
    detectLanguage.run(stream(texts), detectLanguage.schema.parse(options), { shared: (_: string, compute: unknown) => compute } as Task),
  )

test('sets the most probable language and its probability', async () => {
  const docs = await detect([
    'The river rose in the night, and by morning the lower meadow was a lake.',
    'Ночью река поднялась, и к утру\nнижний луг стал озером.',
    '夜里河水上涨，到早晨，下面的草地成了一片湖。',
  ])
  expect(docs.map(({ metadata }) => metadata)).toEqual([
    { dump: 'A', language: 'en', language_score: expect.closeTo(0.98096, 4) },
    { dump: 'A', language: 'ru', language_score: expect.closeTo(0.97869, 4) },
    { dump: 'A', language: 'zh', language_score: expect.closeTo(0.99625, 4) },
  ])
})

test('a document without text has no language', async () => {
  const docs = await detect(['', ' \n\u3000'])
  expect(docs.map(({ metadata }) => metadata)).toEqual(Array(2).fill({ dump: 'A', language: null, language_score: 0 }))
})

test('newlines are spaces, or nothing', async () => {
  const text = 'ho\nuse, riv\ner'
  const joined = await detect(['house, river'])
  expect((await detect([text], { newlines: 'nothing' }))[0]!.metadata).toEqual(joined[0]!.metadata)
  expect((await detect([text]))[0]!.metadata).toEqual((await detect(['ho use, riv er']))[0]!.metadata)
  expect((await detect([text]))[0]!.metadata).not.toEqual(joined[0]!.metadata)
})

test('reads the model it is given', async () => {
  const [doc] = await detect(['roses and tomatoes'], { model: topics })
  expect(doc!.metadata['language']).toBe('garden')
})

test('language_score takes the probabilities that are there', async () => {
  const [doc] = await detect(['The river rose in the night.'])
  const { probabilities } = languageModel()
  expect(doc!.view(probabilities)).toBe(doc!.view(probabilities))
  const measure = await languageScore.measure(languageScore.schema.parse({ languages: ['en'] }))
  expect(measure(doc!)).toBe(doc!.metadata['language_score'])
})

test.each([
  ['deu_Latn', { language: 'deu', language_script: 'Latn' }],
  ['zh', { language: 'zh', language_script: null }],
  ['a_b', { language: 'a_b', language_script: null }],
  [null, { language: null, language_script: null }],
])('language and script of %s', (label, expected) => {
  expect(languageAndScript(label)).toEqual(expected)
})

test('script beside the language', async () => {
  const [doc] = await detect(['The river rose in the night.'], { split_script: true })
  expect(doc!.metadata).toMatchObject({ dump: 'A', language: 'en', language_script: null })
})
