import { z } from 'zod'
import { editor } from '../core/editor.ts'
import { codePoints } from '../text/code_points.ts'
import { keepLines } from '../text/keep_lines.ts'
import { isSpace, splitWords } from '../text/python.ts'

export default editor({
  summary: 'drop lines with a word (between white space) that is too long',
  why: 'Lines with a word of a thousand characters are encoded data or broken scripts; removing the line saves the page.',
  source: 'C4 as published (TFDS text/c4_utils.py: max 1,000); datatrove c4_filters.py: too_long_word',
  options: { max_length: z.int().positive().describe('characters that a word may have') },
  edit({ max_length }) {
    const isTooLong = (word: string): boolean => word.length > max_length && codePoints(word) > max_length
    return (doc) => (hasRun(doc.text, max_length) ? keepLines(doc.text, (line) => !splitWords(line).some(isTooLong)) : doc.text)
  },
  examples: [
    { text: 'one two\nthree four', becomes: 'one two', options: { max_length: 4 } },
    { text: '', becomes: '', options: { max_length: 4 } },
  ],
})

/** Whether more than `length` UTF-16 units stand together without white space: a quick look that spares most texts the split. */
function hasRun(text: string, length: number): boolean {
  for (let end = length; end < text.length; ) {
    let at = end
    while (at > end - length - 1 && !isSpace(text.charCodeAt(at))) at--
    if (at === end - length - 1) return true
    end = at + length + 1
  }
  return false
}
