import { z } from 'zod'
import { editor } from '../core/editor.ts'
import { keepLines } from '../text/keep_lines.ts'
import { isSpace } from '../text/python.ts'

export default editor({
  summary: 'drop lines with too few words (between white space)',
  why: 'Removes menus, buttons and captions line by line. It also removes headings and short verses.',
  source:
    'C4 (Raffel et al. 2020, §2.2: min 3; as published in TFDS: 5); datatrove c4_filters.py: too_few_words; RefinedWeb, DCLM line_length_modifier (2, empty lines kept)',
  options: {
    min_words: z.int().positive().describe('words that a line must have'),
    empty_lines: z.enum(['dropped', 'kept']).default('dropped').describe('what becomes of lines without any character'),
  },
  edit:
    ({ min_words, empty_lines }) =>
    (doc) =>
      keepLines(doc.text, (line) => (line === '' && empty_lines === 'kept') || hasWords(line, min_words)),
  examples: [
    { text: 'one two three\none two\n\n a  b  c ', becomes: 'one two three\n a  b  c ', options: { min_words: 3 } },
    { text: 'one\n\n \none two', becomes: '\none two', options: { min_words: 2, empty_lines: 'kept' } },
    { text: '', becomes: '', options: { min_words: 1 } },
  ],
})

function hasWords(line: string, least: number): boolean {
  let words = 0
  let inWord = false
  for (let i = 0; i < line.length; i++) {
    const space = isSpace(line.charCodeAt(i))
    if (!space && !inWord && ++words >= least) return true
    inWord = !space
  }
  return false
}
