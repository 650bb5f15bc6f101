import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { Doc } from '../../src/core/doc.ts'
import languageScore from '../../src/filters/language_score.ts'

const topics = fileURLToPath(new URL('../../fixtures/models/one_vs_all.ftz', import.meta.url))

async function score(text: string, options: object = {}): Promise<number> {
  const measure = await languageScore.measure(languageScore.schema.parse(options))
  return measure(new Doc({ id: '1', text }))
}

describe('the probability of one language', () => {
  test.each([
    ['en', 'The river rose in the night, and by morning the lower meadow was a lake.', 0.98096],
    ['de', 'Der Fluss stieg in der Nacht, und am Morgen war die untere Wiese ein See.', 0.99883],
    ['en', 'Der Fluss stieg in der Nacht, und am Morgen war die untere Wiese ein See.', 0.00022],
    ['ko', '밤사이 강물이 불어 아침에는 아래쪽 풀밭이 호수가 되었다.', 1],
    ['en', '', 0],
  ])('%s: %j', async (language, text, expected) => {
    expect(await score(text, { languages: [language] })).toBeCloseTo(expected, 4)
  })
})

test('the most probable of several languages counts', async () => {
  const text = 'La rivière a monté pendant la nuit.'
  const [fr, en] = [await score(text, { languages: ['fr'] }), await score(text, { languages: ['en'] })]
  expect(await score(text, { languages: ['en', 'fr'] })).toBe(Math.max(fr, en))
})

test('is at most 1, although fastText reports more', async () => {
  expect(await score('夜の間に川の水が増え、朝には下の草地が湖になっていた。', { languages: ['ja'] })).toBe(1)
})

test('another model has other languages', async () => {
  expect(await score('сад сад', { model: topics, languages: ['сад'] })).toBeGreaterThan(0.5)
})

test('a language that the model does not know is a mistake of the user', async () => {
  await expect(score('text', { languages: ['eng'] })).rejects.toThrow(
    expect.objectContaining({ name: 'UserError', message: 'the model has no label "eng"; did you mean en?' }),
  )
})
