import { expect, test } from 'vitest'
import { temporaryFolder } from '../support.ts'
import { funnelOf } from './support.ts'

const dir = temporaryFolder()

test('the small crawl', async () => {
  expect(await funnelOf('redpajama-v1', `${dir}/run`)).toEqual({
    kept: 118,
    removed: {
      'char_count.min': 2,
      'extract_html.empty': 44,
      'language_score.min': 169,
      'line_dedup.empty': 46,
      'read.status': 10,
    },
  })
})
