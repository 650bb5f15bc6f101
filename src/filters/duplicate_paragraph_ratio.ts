import { filter } from '../core/filter.ts'
import { paragraphSplitOption } from '../text/lines.ts'
import { countOption, paragraphSegments, repeatedRatio } from '../text/repeated_segments.ts'

export default filter({
  summary: 'share of the paragraphs (blank lines between them) that repeat another one; 0 without paragraphs',
  why: 'As `duplicate_line_ratio`, for paragraphs: it catches pages whose blocks repeat although their lines were joined or cut differently.',
  source:
    'Gopher repetition rules (Rae et al. 2021, Table A1); datatrove gopher_repetition_filter.py: dup_para_frac; DCLM counts all copies',
  range: [0, 1],
  options: { paragraph_split: paragraphSplitOption, count: countOption },
  measure: ({ paragraph_split, count }) => repeatedRatio(paragraphSegments(paragraph_split), count),
  examples: [
    { text: 'one\n\ntwo\n\n\none\n\none', value: 0.5 },
    { text: 'one\n\ntwo\n\n\none\n\none', value: 0.75, options: { paragraph_split: 'trimmed', count: 'all' } },
    { text: 'one\none', value: 0 },
    { text: '', value: 0 },
  ],
})
