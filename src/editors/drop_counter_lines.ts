import { z } from 'zod'
import { editor } from '../core/editor.ts'
import { escapePattern } from '../text/escape_pattern.ts'
import { keepLines } from '../text/keep_lines.ts'
import { pythonSpace } from '../text/python.ts'

export default editor({
  summary: 'drop lines that count something, such as "3 likes" or "1.2K views", in upper or lower case',
  why: 'Lines such as "3 likes" stand between paragraphs on social and news sites; no rule on whole pages removes them.',
  source: 'RefinedWeb (Penedo et al. 2023, App. G.2); DCLM counter_line_modifier',
  options: {
    words: z.array(z.string().min(1)).min(1).describe('what is counted'),
    anchored: z.boolean().default(true).describe('whether the line must have no other words; otherwise a counter anywhere in it will do'),
  },
  edit({ words, anchored }) {
    const counted = words.map((word) => escapePattern(word.toLowerCase())).join('|')
    const counter = `\\p{Nd}[,.\\p{Nd}]*[kmb]?[${pythonSpace}]+(?:${counted})`
    const pattern = new RegExp(anchored ? `^${mark}*${counter}${mark}*$` : `(?<![,.\\p{Nd}])${counter}(?=${mark}|$)`, 'u')
    return (doc) => (digit.test(doc.text) ? keepLines(doc.text, (line) => !pattern.test(line.toLowerCase())) : doc.text)
  },
  examples: [
    { text: '3 likes\n(1.2K views)\nIt had 3 likes.', becomes: 'It had 3 likes.', options: { words: ['likes', 'views'] } },
    { text: '1 like\n3 Likes', becomes: '1 like', options: { words: ['likes'] } },
    { text: 'It had 3 likes.\n3 likeness', becomes: '3 likeness', options: { words: ['likes'], anchored: false } },
    { text: '', becomes: '', options: { words: ['likes'] } },
  ],
})

/** Python's `\W`. */
const mark = '[^\\p{L}\\p{N}_]'
const digit = /\p{Nd}/u
