import { expect, test } from 'vitest'
import { Doc } from '../../src/core/doc.ts'
import fasttextScore from '../../src/filters/fasttext_score.ts'
import paretoMargin from '../../src/filters/pareto_margin.ts'

const classifier = { model: 'fixtures/models/softmax_bigrams.bin', label: '__label__garden' }
const text = 'The river rose in the night.'

async function margins(content: string, options: object = {}, documents = 20_000): Promise<number[]> {
  const measure = await paretoMargin.measure(paretoMargin.schema.parse({ ...classifier, ...options }))
  return Array.from({ length: documents }, (_, id) => measure(new Doc({ id: String(id), text: content })))
}
const keptShare = (values: readonly number[]): number => values.filter((value) => value > 0).length / values.length

test.each([1, 3, 9])('alpha %d keeps the share of documents that the distribution says', async (alpha) => {
  const score = await fasttextScore.measure(fasttextScore.schema.parse(classifier))
  const expected = (2 - score(new Doc({ id: 'x', text }))) ** -alpha
  const kept = keptShare(await margins(text, { alpha }))
  // Five standard deviations of a share among 20,000.
  expect(Math.abs(kept - expected)).toBeLessThan(5 * Math.sqrt((expected * (1 - expected)) / 20_000))
})

test('a document without text is kept with probability 2 ** −alpha', async () => {
  expect(keptShare(await margins(''))).toBeCloseTo(1 / 8, 1)
})

test('the draw belongs to id and seed', async () => {
  const [a, b, c] = [await margins(text, {}, 50), await margins(text, {}, 50), await margins(text, { seed: 1 }, 50)]
  expect(b).toEqual(a)
  expect(c).not.toEqual(a)
})

test('the classifier sees characters 2,500 to 4,000, or the last 1,500 of fewer', async () => {
  const filler = 'x '.repeat(1250)
  const inside = await margins(filler + text, { from: 2500, to: 2500 + text.length }, 5)
  expect(inside).toEqual(await margins(text, {}, 5))
  expect(await margins(`${text}${'😀'.repeat(1500)}`, {}, 5)).toEqual(await margins('😀'.repeat(1500), {}, 5))
  expect(await margins(`${'a'.repeat(4000)}${text}`, {}, 5)).toEqual(await margins('a'.repeat(1500), {}, 5))
})
