import { z } from 'zod'
import { filter } from '../core/filter.ts'
import { codePoints } from '../text/code_points.ts'
import { lineSplitOption, linesBy } from '../text/lines.ts'

export default filter({
  summary: 'share of the characters that stand in long lines, of all that stand in lines; 0 without any',
  why: 'Asks whether most of a page is in paragraphs long enough to be prose, however many short lines of menus stand around them.',
  source: 'OSCAR (ungoliant: records with at least 60 % of their characters in lines of 100 or more)',
  range: [0, 1],
  options: {
    min_length: z.int().positive().describe('characters that a long line has at least'),
    line_split: lineSplitOption('python'),
  },
  measure({ min_length, line_split }) {
    const lines = linesBy(line_split)
    return (doc) => {
      let all = 0
      let long = 0
      for (const line of doc.view(lines)) {
        const length = codePoints(line)
        all += length
        if (length >= min_length) long += length
      }
      return all === 0 ? 0 : long / all
    }
  },
  examples: [
    { text: 'a long one\nab\n', value: 10 / 12, options: { min_length: 10 } },
    { text: '\n\n', value: 0, options: { min_length: 1 } },
    { text: '', value: 0, options: { min_length: 1 } },
  ],
})
