import { filter } from '../core/filter.ts'
import { codePoints } from '../text/code_points.ts'

export default filter({
  summary: 'number of characters of the text without ASCII punctuation, runs of white space counted as one character and none at the ends',
  why: 'Measures size without what punctuation and white space add, so pages of dots, rules or blank lines count as the short pages they are.',
  source: 'SlimPajama (Cerebras 2023; modelzoo preprocessing/filter.py: clean), at least 200',
  range: [0, Number.POSITIVE_INFINITY],
  measure:
    () =>
    ({ text }) =>
      codePoints(text.replace(punctuation, '').replace(spaces, ' ').replace(/^ | $/g, '')),
  examples: [
    { text: ' «Well,  then...»\n', value: 11 },
    { text: '?!', value: 0 },
    { text: '', value: 0 },
  ],
})

const punctuation = /[!-/:-@[-`{-~]+/g
// Python's \s.
const spaces = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/g
