import { filter } from '../core/filter.ts'
import { lineSplitOption } from '../text/lines.ts'
import { countOption, lineSegments, repeatedRatio } from '../text/repeated_segments.ts'

export default filter({
  summary: 'share of the lines that repeat another one; 0 without lines',
  why: 'Catches templates and menus that are printed several times on one page. It counts lines, whatever their length.',
  source:
    'Gopher repetition rules (Rae et al. 2021, Table A1); datatrove gopher_repetition_filter.py: dup_line_frac; DCLM and Dolma count all copies',
  range: [0, 1],
  options: { line_split: lineSplitOption('newline_runs'), count: countOption },
  measure: ({ line_split, count }) => repeatedRatio(lineSegments(line_split), count),
  examples: [
    { text: 'one\ntwo\none\n\none', value: 0.5 },
    { text: 'one\ntwo\none\n\none', value: 0.75, options: { count: 'all' } },
    // A newline at either end leaves two empty lines.
    { text: '\none\n', value: 1 / 3 },
    { text: 'one\n\ntwo\n\nthree', value: 0.2, options: { line_split: 'newline' } },
    { text: '', value: 0 },
  ],
})
