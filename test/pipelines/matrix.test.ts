import { beforeAll, describe, expect, test } from 'vitest'
import { article, type Chain, chainOf } from './support.ts'

describe('what its rules remove', () => {
  let chain: Chain
  beforeAll(async () => {
    chain = await chainOf('matrix', 'mean_word_length', 'bad_word_count')
  })
  // Long enough, with ten lines.
  const long = [
    article,
    'They say that it will hold for two hundred years if it is looked after, and that the river has been quiet since it was built.',
    'No one who lives below it wants to know more than that, and the school tells the story once a year to the younger children.',
    'In the museum there is a photograph of the two boys with the bread, but it does not say which of them was the son of the baker.',
    '',
  ].join('\n')

  test.each<[why: string | null, text: string]>([
    [null, long],
    ['word_count.min', article.slice(0, 200)],
    ['char_count.min', article],
    ['line_count.min', article.replaceAll('\n', ' ').padEnd(1200, ' It went on and so the people said.')],
    ['curly_bracket_ratio.below', long + '{}'.repeat(20)],
    ['lorem_ipsum_ratio.below', `${long}Lorem, ipsum.`],
    ['upper_case_word_ratio.below', long.replace(/\b(\w)(\w+)\b/g, (word, _1, _2, at: number) => (at % 7 ? word : word.toUpperCase()))],
    // "# outside of runs" never fires; a third of the words has one here.
    [null, long.replace(/ t/g, ' #t')],
    // ... is no ellipsis to its own rule, … is.
    ['ellipsis_word_ratio.max', long.replace(/ t/g, ' … t')],
    [null, long.replace(/ t/g, ' ... t')],
    // Without any mark there is one sentence, so that the rule on marks is never reached.
    ['nltk_sentence_count.above', long.replace(/[.,]/g, '')],
    ['bad_word_count.max', `${long}Come to the porn site.`],
  ])('%s', (why, text) => {
    expect(chain(text).reason).toBe(why)
  })
})
