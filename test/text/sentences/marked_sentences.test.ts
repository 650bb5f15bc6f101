import { expect, test } from 'vitest'
import { countMarkedSentences } from '../../../src/text/sentences/marked_sentences.ts'
import { cpuSeconds } from '../../support.ts'

test.each([
  ['', 0],
  ['...', 0],
  ['one', 1],
  ['One. Two! Three?', 3],
  ['One... two', 2],
  ['x.y.z', 3],
  ['. - one', 1],
  ['one - two', 1],
  ['!? _', 1],
  ['一。二', 1],
  ['𝐀. 😀. 😀', 1],
  ['½.²', 2],
])('%j has %d', (text, count) => {
  expect(countMarkedSentences(text)).toBe(count)
})

test('takes time in proportion to the text', async () => {
  // Quadratic time would be minutes.
  const seconds = await cpuSeconds(() => {
    for (const part of ['a', '. ', 'a.', '-', '😀']) countMarkedSentences(part.repeat(2_000_000))
  })
  expect(seconds).toBeLessThan(5)
})
