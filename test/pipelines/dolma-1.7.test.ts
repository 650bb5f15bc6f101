import { expect, test } from 'vitest'
import { temporaryFolder } from '../support.ts'
import { funnelOf } from './support.ts'

const dir = temporaryFolder()

test('the small crawl', async () => {
  expect(await funnelOf('dolma-1.7', `${dir}/run`)).toEqual({
    kept: 110,
    removed: {
      'duplicate_line_ratio.max': 9,
      'exact_dedup.duplicate': 6,
      'extract_html.empty': 44,
      'language_score.min': 196,
      'line_punct_ratio.min': 14,
      'read.status': 10,
    },
  })
})
