import { z } from 'zod'
import { filter } from '../core/filter.ts'
import { codePointCount } from '../text/code_points.ts'
import { duplicateLinesBy, lineSplitOption, newlineCount } from '../text/lines.ts'

export default filter({
  summary: 'characters in lines that repeat an earlier one, as a share of all characters; 0 without any',
  source:
    'Gopher repetition rules (Rae et al. 2021, Table A1); datatrove gopher_repetition_filter.py: dup_line_char_frac, fineweb_quality_filter.py: char_dup_ratio',
  options: {
    line_split: lineSplitOption('newline_runs'),
    denominator: z
      .enum(['text', 'text_without_newlines'])
      .default('text')
      .describe('what the characters are a share of: the whole text, or all but its newlines'),
  },
  measure({ line_split, denominator }) {
    const duplicates = duplicateLinesBy(line_split)
    return (doc) => {
      const all = denominator === 'text' ? doc.view(codePointCount) : doc.view(codePointCount) - doc.view(newlineCount)
      return all === 0 ? 0 : doc.view(duplicates).chars / all
    }
  },
  examples: [
    { text: 'one\ntwo\none\n', value: 0.25 },
    { text: 'one\ntwo\none\n', value: 1 / 3, options: { line_split: 'not_blank', denominator: 'text_without_newlines' } },
    { text: '', value: 0 },
  ],
})
