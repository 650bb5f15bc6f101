import { z } from 'zod'
import { filter } from '../core/filter.ts'
import { codePoints } from '../text/code_points.ts'
import { lineSplitOption, linesBy } from '../text/lines.ts'

export default filter({
  summary: 'number of long lines',
  why: 'Asks for a few lines long enough to be prose, in languages where no list of sentence marks or stop words is at hand.',
  source: 'mC4 (Xue et al. 2021, §3.1): at least 3 lines of 200 characters; TFDS text/c4_utils.py; datatrove C4ParagraphFilter',
  range: [0, Number.POSITIVE_INFINITY],
  options: {
    min_length: z.int().positive().describe('characters that a long line has at least'),
    line_split: lineSplitOption('newline'),
  },
  measure({ min_length, line_split }) {
    const lines = linesBy(line_split)
    return (doc) => doc.view(lines).filter((line) => line.length >= min_length && codePoints(line) >= min_length).length
  },
  examples: [
    { text: 'long line\nshort\nlong line', value: 2, options: { min_length: 9 } },
    { text: '😀😀', value: 0, options: { min_length: 3 } },
    { text: '', value: 0, options: { min_length: 1 } },
  ],
})
