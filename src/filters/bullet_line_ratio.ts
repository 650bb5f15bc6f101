import { z } from 'zod'
import { filter } from '../core/filter.ts'
import { lineSplitOption, linesBy } from '../text/lines.ts'
import { stripStart } from '../text/python.ts'

export default filter({
  summary: 'share of the lines that begin with a bullet point; 0 without lines',
  why: 'Catches pages that are mostly lists, such as menus and link collections, whose single lines may pass the rules on words.',
  source:
    'Gopher quality rules (Rae et al. 2021, Table A1); datatrove gopher_quality_filter.py: gopher_too_many_bullets; Dolma gopher.py does not strip',
  range: [0, 1],
  options: {
    marks: z.array(z.string().min(1)).min(1).describe('what a bullet point begins with'),
    line_split: lineSplitOption('python'),
    strip: z.boolean().default(true).describe('whether white space before the mark is passed over'),
  },
  measure({ marks, line_split, strip }) {
    const lines = linesBy(line_split)
    return (doc) => {
      const all = doc.view(lines)
      if (all.length === 0) return 0
      const bullets = all.filter((line) => {
        const text = strip ? stripStart(line) : line
        return marks.some((mark) => text.startsWith(mark))
      })
      return bullets.length / all.length
    }
  },
  examples: [
    { text: '- one\n  • two\nthree\n\n', value: 0.5, options: { marks: ['•', '-'] } },
    { text: ' - one\n- two', value: 0.5, options: { marks: ['-'], strip: false } },
    { text: '', value: 0, options: { marks: ['-'] } },
  ],
})
