import { expect, test } from 'vitest'
import { temporaryFolder } from '../support.ts'
import { funnelOf } from './support.ts'

const dir = temporaryFolder()

test('the small crawl', async () => {
  expect(await funnelOf('redpajama-v1', `${dir}/run`)).toEqual({
    kept: 166,
    removed: {
      'char_count.min': 2,
      'exact_dedup.duplicate': 6,
      'language_score.min': 205,
      'read.status': 10,
    },
  })
})
