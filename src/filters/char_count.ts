import { z } from 'zod'
import type { Doc } from '../core/doc.ts'
import { filter } from '../core/filter.ts'
import { codePointCount, codePoints } from '../text/code_points.ts'

export default filter({
  summary: 'number of characters (Unicode code points) of the text, or of what is left of it without punctuation and repeated white space',
  source: 'C4 (max 190,000), CCNet (min 300), MAP-NEO (min 1,000); SlimPajama preprocessing/filter.py (min 200, cleaned)',
  options: {
    of: z
      .enum(['text', 'cleaned'])
      .default('text')
      .describe(
        'the text as it is; or cleaned as in SlimPajama: ASCII punctuation deleted, runs of white space as one space, none at the ends',
      ),
  },
  measure:
    ({ of }) =>
    (doc) =>
      doc.view(of === 'text' ? codePointCount : cleanedCount),
  examples: [
    { text: 'two words', value: 9 },
    { text: 'a😀b', value: 3 },
    { text: ' «Well,  then...»\n', value: 11, options: { of: 'cleaned' } },
    { text: '', value: 0 },
  ],
})

/** View: characters of the cleaned text. */
const cleanedCount = (doc: Doc): number =>
  codePoints(
    doc.text
      .replace(/[!-/:-@[-`{-~]+/g, '')
      .replace(spaces, ' ')
      .replace(/^ | $/g, ''),
  )

// Python's \s.
const spaces = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/g
