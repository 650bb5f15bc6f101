import { z } from 'zod'
import { filter } from '../core/filter.ts'
import { lineSplitOption, linesBy } from '../text/lines.ts'
import { stripEnd } from '../text/python.ts'

export default filter({
  summary: 'share of the lines that end with an ellipsis; 0 without lines',
  why: 'Catches pages of teasers, whose lines break off with "…" because the text is behind a link.',
  source:
    'Gopher quality rules (Rae et al. 2021, Table A1); datatrove gopher_quality_filter.py: gopher_too_many_end_ellipsis; Dolma gopher.py does not strip',
  range: [0, 1],
  options: {
    marks: z.array(z.string().min(1)).min(1).describe('what counts as an ellipsis'),
    line_split: lineSplitOption('python'),
    strip: z.boolean().default(true).describe('whether white space behind the mark is passed over'),
  },
  measure({ marks, line_split, strip }) {
    const lines = linesBy(line_split)
    return (doc) => {
      const all = doc.view(lines)
      if (all.length === 0) return 0
      const cut = all.filter((line) => {
        const text = strip ? stripEnd(line) : line
        return marks.some((mark) => text.endsWith(mark))
      })
      return cut.length / all.length
    }
  },
  examples: [
    { text: 'Read on...\nMore… \nDone.\n\n', value: 0.5, options: { marks: ['...', '…'] } },
    { text: 'one… \ntwo…', value: 0.5, options: { marks: ['…'], strip: false } },
    { text: '', value: 0, options: { marks: ['…'] } },
  ],
})
