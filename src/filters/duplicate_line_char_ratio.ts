import { filter } from '../core/filter.ts'
import { lineSplitOption } from '../text/lines.ts'
import { countOption, lineSegments, repeatedCharRatio, segmentDenominatorOption } from '../text/repeated_segments.ts'

export default filter({
  summary: 'characters in lines that repeat another one, as a share of all characters; 0 without any',
  why: 'Weighs repeated lines by their length: it catches a page with few but long repeated lines, which `duplicate_line_ratio` passes.',
  source:
    'Gopher repetition rules (Rae et al. 2021, Table A1); datatrove gopher_repetition_filter.py: dup_line_char_frac, fineweb_quality_filter.py: char_dup_ratio; DCLM (segment_chars) and Dolma (non_space_chars) count all copies',
  range: [0, 1],
  options: { line_split: lineSplitOption('newline_runs'), count: countOption, denominator: segmentDenominatorOption },
  measure: ({ line_split, count, denominator }) => repeatedCharRatio(lineSegments(line_split), count, denominator),
  examples: [
    { text: 'one\ntwo\none\n', value: 0.25 },
    { text: 'one\ntwo\none\n', value: 1 / 3, options: { line_split: 'not_blank', denominator: 'text_without_newlines' } },
    { text: ' one\ntwo\none\n', value: 2 / 3, options: { line_split: 'trimmed', count: 'all', denominator: 'segment_chars' } },
    // The spaces of a line count, those of the text do not.
    { text: 'a b\nc\na b', value: 6 / 5, options: { count: 'all', denominator: 'non_space_chars' } },
    { text: '', value: 0 },
  ],
})
