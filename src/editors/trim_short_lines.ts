import { z } from 'zod'
import { editor } from '../core/editor.ts'
import { codePoints } from '../text/code_points.ts'

export default editor({
  summary: 'drop short lines at the beginning and at the end of the text; those in between stay',
  why: 'What menus and footers leave stands at the two ends of a page. Removing short lines only there keeps headings and verses inside.',
  source: 'OSCAR 22.01 and later (Abadji et al. 2022; ungoliant: remove_short_sentences), lines of 100 characters or fewer',
  options: { max_length: z.int().min(0).describe('characters that a short line has at most') },
  edit({ max_length }) {
    const isShort = (line: string): boolean =>
      line.length <= max_length || (line.length <= 2 * max_length && codePoints(line) <= max_length)
    return (doc) => {
      const lines = doc.text.split('\n')
      const first = lines.findIndex((line) => !isShort(line))
      return first < 0 ? '' : lines.slice(first, lines.findLastIndex((line) => !isShort(line)) + 1).join('\n')
    }
  },
  examples: [
    {
      text: 'menu\na long line\nshort\nanother long line\n©',
      becomes: 'a long line\nshort\nanother long line',
      options: { max_length: 8 },
    },
    { text: 'a\nb', becomes: '', options: { max_length: 8 } },
    { text: '', becomes: '', options: { max_length: 8 } },
  ],
})
