import { z } from 'zod'
import { filter } from '../core/filter.ts'
import { codePoints } from '../text/code_points.ts'
import { lineSplitOption, linesBy } from '../text/lines.ts'

export default filter({
  summary: 'share of the lines that are short; 0 without lines',
  why: 'Catches pages that are mostly menus, tables and captions. One of the three rules that FineWeb found by comparing good with bad data and kept after ablations.',
  source:
    'FineWeb (Penedo et al. 2024, §3.6), at most 0.67 of 30 characters or fewer; datatrove fineweb_quality_filter.py: short_line_ratio',
  range: [0, 1],
  options: {
    max_length: z.int().min(0).describe('characters that a short line has at most'),
    line_split: lineSplitOption('not_blank'),
  },
  measure({ max_length, line_split }) {
    const lines = linesBy(line_split)
    return (doc) => {
      const all = doc.view(lines)
      if (all.length === 0) return 0
      let short = 0
      // A line has at least half as many code points as UTF-16 units.
      for (const line of all) if (line.length <= max_length || (line.length <= 2 * max_length && codePoints(line) <= max_length)) short++
      return short / all.length
    }
  },
  examples: [
    { text: 'one\n\nthree four\ntwo\n', value: 2 / 3, options: { max_length: 5 } },
    { text: '😀😀😀', value: 1, options: { max_length: 3 } },
    { text: '', value: 0, options: { max_length: 30 } },
  ],
})
