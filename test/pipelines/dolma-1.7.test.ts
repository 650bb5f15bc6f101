import { expect, test } from 'vitest'
import { temporaryFolder } from '../support.ts'
import { funnelOf } from './support.ts'

const dir = temporaryFolder()

test('the small crawl', async () => {
  expect(await funnelOf('dolma-1.7', `${dir}/run`)).toEqual({
    kept: 35,
    removed: {
      'duplicate_line_ratio.max': 9,
      'exact_dedup.duplicate': 6,
      'language_score.min': 206,
      'line_punct_ratio.min': 123,
      'read.status': 10,
    },
  })
})
