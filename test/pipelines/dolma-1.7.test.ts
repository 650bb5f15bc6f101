import { expect, test } from 'vitest'
import { temporaryFolder } from '../support.ts'
import { funnelOf } from './support.ts'

const dir = temporaryFolder()

test('the small crawl', async () => {
  expect(await funnelOf('dolma-1.7', `${dir}/run`)).toEqual({
    kept: 100,
    removed: {
      'ccnet_line_dedup.empty': 46,
      'extract_html.empty': 44,
      'language_score.min': 171,
      'line_punct_ratio.min': 14,
      'read.status': 10,
      'word_count.min': 4,
    },
  })
})
