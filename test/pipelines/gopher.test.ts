import { expect, test } from 'vitest'
import { temporaryFolder } from '../support.ts'
import { funnelOf } from './support.ts'

const dir = temporaryFolder()

test('the small crawl', async () => {
  expect(await funnelOf('gopher', `${dir}/run`)).toEqual({
    kept: 102,
    removed: {
      'duplicate_line_ratio.max': 9,
      'exact_dedup.duplicate': 6,
      'extract_html.empty': 44,
      'language_score.min': 197,
      'minhash_dedup.duplicate': 8,
      'read.status': 10,
      'stop_word_count.min': 13,
    },
  })
})
