import fc from 'fast-check'
import { expect, test } from 'vitest'
import { keepLines } from '../../../src/text/keep_lines.ts'
import { splitLines, strip } from '../../../src/text/python.ts'
import { retokenize } from '../../../src/text/words/retokenize.ts'
import { tokenizeEnglish } from '../../../src/text/words/spacy_tokenizer.ts'

const words = fc.constantFrom('a', 'b', "don't", 'end.', 'U.S.', '(x)', ':', ')', 'w', '/', 'o', '10km', '[1]', '', ' ', '  ', '\t')
const line = fc.array(words, { maxLength: 8 }).map((all) => all.join(' '))
const ends = fc.constantFrom('\n', '\n', '\n', '\r\n', '\u2028', '\n\n')
const text = fc.array(fc.tuple(line, ends), { maxLength: 30 }).map((all) => all.map(([content, end]) => content + end).join(''))

/** Cuts the edited text from scratch, and with what is known of the text before; counts the characters that had to be cut again. */
function compare(before: string, after: string): { afresh: number[]; reused: number[]; cutAgain: number } {
  let cutAgain = 0
  const cut = (part: string): Int32Array => {
    cutAgain += part.length
    return tokenizeEnglish(part)
  }
  const earlier = { text: before, offsets: tokenizeEnglish(before) }
  return { afresh: [...tokenizeEnglish(after)], reused: [...retokenize(after, cut, earlier)], cutAgain }
}

test('any text, edited line by line: the words that cutting it again would give', () => {
  fc.assert(
    fc.property(text, fc.func(fc.boolean()), (before, wanted) => {
      const trimmed = splitLines(before).map(strip).join('\n')
      for (const after of [trimmed, keepLines(trimmed, wanted), trimmed.replaceAll('[1]', ''), strip(trimmed), before, '']) {
        const { afresh, reused } = compare(before, after)
        expect(reused).toEqual(afresh)
      }
    }),
    { numRuns: 300 },
  )
})

test('texts that have nothing in common', () => {
  fc.assert(
    fc.property(text, text, (before, after) => {
      const { afresh, reused } = compare(before, after)
      expect(reused).toEqual(afresh)
    }),
    { numRuns: 300 },
  )
})

test('lines that stay are not cut again', () => {
  const before = Array.from({ length: 100 }, (_, i) => `  Line number ${i} says that it's here. `).join('\n')
  const kept = before
    .split('\n')
    .map(strip)
    .filter((_, i) => i % 3 > 0)
  expect(compare(before, kept.join('\n')).cutAgain).toBe(0)
  const edited = kept.with(10, 'This line is another.')
  expect(compare(before, edited.join('\n')).cutAgain).toBe('This line is another.'.length)
})

test('repeated lines cost no more than a text without them', () => {
  const before = 'x\n'.repeat(200_000)
  expect(compare(before, `${before}y`).cutAgain).toBe(1)
})
