import { filter } from '../core/filter.ts'
import { paragraphSplitOption } from '../text/lines.ts'
import { countOption, paragraphSegments, repeatedCharRatio, segmentDenominatorOption } from '../text/repeated_segments.ts'

export default filter({
  summary: 'characters in paragraphs that repeat another one, as a share of all characters; 0 without any',
  why: 'As `duplicate_line_char_ratio`, for paragraphs: it catches long passages that a page repeats.',
  source:
    'Gopher repetition rules (Rae et al. 2021, Table A1); datatrove gopher_repetition_filter.py: dup_para_char_frac; DCLM counts all copies in segment_chars',
  range: [0, 1],
  options: { paragraph_split: paragraphSplitOption, count: countOption, denominator: segmentDenominatorOption },
  measure: ({ paragraph_split, count, denominator }) => repeatedCharRatio(paragraphSegments(paragraph_split), count, denominator),
  examples: [
    { text: 'one\n\ntwo\n\none\n\n', value: 0.2 },
    { text: 'one\n\ntwo\n\none', value: 2 / 3, options: { count: 'all', denominator: 'segment_chars' } },
    { text: '', value: 0 },
  ],
})
