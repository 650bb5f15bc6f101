import { beforeAll, describe, expect, test } from 'vitest'
import { temporaryFolder } from '../support.ts'
import { article, type Chain, chainOf, funnelOf } from './support.ts'

const dir = temporaryFolder()

test('the small crawl', async () => {
  expect(await funnelOf('refinedweb', `${dir}/run`)).toEqual({
    kept: 108,
    removed: {
      'bullet_line_ratio.max': 13,
      'duplicate_line_ratio.max': 10,
      'exact_dedup.duplicate': 6,
      'language_score.above': 207,
      'letter_word_ratio.min': 2,
      'read.status': 10,
      'stop_word_count.min': 13,
      'url_domain_count.max': 3,
      'url_substring_count.max': 4,
      'url_word_count.max': 1,
      'word_count.min': 12,
    },
  })
})

describe('text rules', () => {
  let run: Chain
  beforeAll(async () => {
    run = await chainOf('refinedweb', 'remove_urls', 'removed_word_ratio')
  })

  test('an article stays as it is', () => {
    expect(run(article)).toMatchObject({ text: article, reason: null, values: { words_before: 127, removed_word_ratio: 0 } })
  })

  test.each<[line: string, left: string]>([
    ['TOP of PAGE', ''],
    ['1024', ''],
    ['12 Comments', ''],
    ['Menu', ''],
    ['Share now Read more...', 'Share now'],
    ['Sign-in here please', 'here please'],
    ['3 items in cart', '3'],
    // Not one of the counters, which DCLM knows in the plural only.
    ['1 like', '1 like'],
    ['Now it is at least eleven words long, so read more...', 'Now it is at least eleven words long, so read more...'],
    // DCLM takes its phrases for patterns: three dots are any three characters, and one character "…" is none of them.
    ['He wanted to read more of', 'He wanted to'],
    ['He wanted to read more…', 'He wanted to read more…'],
  ])('the line %j becomes %j', (line, left) => {
    expect(run(`${article}\n${line}`).text).toBe(left === '' ? article : `${article}\n${left}`)
  })

  // 127 words and 6 in a line that goes are 133: 0.045; 7 of 134 are too many.
  test.each<[words: number, reason: string | null]>([
    [6, null],
    [7, 'removed_word_ratio.max'],
  ])('%i words in lines that go', (words, reason) => {
    expect(run(`${article}\n${'ABCD '.repeat(words).trim()}`).reason).toBe(reason)
  })

  // DCLM looks for a top-level domain with re.match, so only at the start of the text, before it deletes any address in it.
  test.each<[start: string, left: string]>([
    ['Today', 'Today see the map.'],
    ['Hello', 'Hello see https://maps.example.org/x the map.'],
  ])('an address in a text that begins with %j', (start, left) => {
    expect(run(`${start} see https://maps.example.org/x the map.\n${article}`).text).toBe(`${left}\n${article}`)
  })

  test('numeric addresses go from any text', () => {
    expect(run(`Yesterday it was at http://8.8.4.4/x again.\n${article}`).text).toBe(`Yesterday it was at again.\n${article}`)
  })
})
