import { beforeAll, describe, expect, test } from 'vitest'
import { article, type Chain, chainOf } from './support.ts'

let counter = 0

describe('text rules', () => {
  let run: Chain
  let mask: Chain
  beforeAll(async () => {
    run = await chainOf('dolma-1.6', 'line_punct_ratio', 'token_run', 3)
    mask = await chainOf('dolma-1.6', 'mask_pii', 'char_count', 4)
  })

  test('an article stays as it is', () => {
    expect(run(article)).toMatchObject({ text: article, reason: null })
  })

  test.each<[name: string, text: string, reason: string | null]>([
    ['half of the lines end with a mark', `${article}${'\nno'.repeat(8)}`.replaceAll('\nno', () => `\nno ${counter++}`), null],
    ['more than half do not', `${article}${'\nno'.repeat(9)}`.replaceAll('\nno', () => `\nno ${counter++}`), 'line_punct_ratio.min'],
    // The mixer asks for attributes by names that the tagger does not write: no bound on the most frequent n-grams.
    ['a 2-gram that is a fourth of the text', `${article} ${'very strange. '.repeat(4)}`.trim(), null],
    ['5 addresses', `${article}\n${'a@b.example '.repeat(5)}.`, null],
    ['6 addresses', `${article}\n${'a@b.example '.repeat(6)}.`, 'pii_count.max'],
  ])('%s', (_, text, reason) => {
    expect(run(text).reason).toBe(reason)
  })

  test('the most frequent n-grams are measured all the same', () => {
    expect(Object.keys(run(article).values)).toEqual(expect.arrayContaining(['top_2_gram_char_ratio', 'top_4_gram_char_ratio']))
  })

  test('personal data is masked', () => {
    expect(mask(`${article}\nWrite to ann@club.example now.`).text).toBe(`${article}\nWrite to |||EMAIL_ADDRESS||| now.`)
  })
})
