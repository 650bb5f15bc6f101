import { expect, test } from 'vitest'
import { temporaryFolder } from '../support.ts'
import { funnelOf } from './support.ts'

const dir = temporaryFolder()

test('the small crawl', async () => {
  expect(await funnelOf('gopher', `${dir}/run`)).toEqual({
    kept: 117,
    removed: {
      'bullet_line_ratio.max': 7,
      'duplicate_line_ratio.max': 9,
      'exact_dedup.duplicate': 6,
      'extract_html.empty': 15,
      'language_score.min': 205,
      'read.status': 10,
      'stop_word_count.min': 8,
      'word_count.min': 12,
    },
  })
})
