import { expect, test } from 'vitest'
import { temporaryFolder } from '../support.ts'
import { funnelOf } from './support.ts'

const dir = temporaryFolder()

test('the small crawl', async () => {
  expect(await funnelOf('gopher', `${dir}/run`)).toEqual({
    kept: 118,
    removed: {
      'bullet_line_ratio.max': 11,
      'duplicate_line_char_ratio.max': 1,
      'duplicate_line_ratio.max': 9,
      'exact_dedup.duplicate': 6,
      'language_score.min': 207,
      'letter_word_ratio.min': 2,
      'read.status': 10,
      'stop_word_count.min': 13,
      'word_count.min': 12,
    },
  })
})
