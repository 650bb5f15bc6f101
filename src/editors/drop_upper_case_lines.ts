import { z } from 'zod'
import { editor } from '../core/editor.ts'
import { codePoints } from '../text/code_points.ts'
import { keepLines } from '../text/keep_lines.ts'

export default editor({
  summary: 'drop lines with a large share of upper-case letters; empty lines stay',
  why: 'Removes banners and menu entries in capitals, and keeps the page.',
  source: 'RefinedWeb (Penedo et al. 2023, App. G.2); DCLM uppercase_ratio_line_modifier (max 0.5)',
  options: { max_ratio: z.number().min(0).max(1).describe('upper-case letters among the characters of a line, at most') },
  edit:
    ({ max_ratio }) =>
    (doc) =>
      keepLines(doc.text, (line) => line === '' || (line.match(upperCase)?.length ?? 0) / codePoints(line) <= max_ratio),
  examples: [
    { text: 'SUBSCRIBE NOW\nSubscribe now\n\nAB cd', becomes: 'Subscribe now\n\nAB cd', options: { max_ratio: 0.5 } },
    { text: '', becomes: '', options: { max_ratio: 0.5 } },
  ],
})

const upperCase = /\p{Uppercase}/gu
