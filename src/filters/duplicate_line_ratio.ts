import { filter } from '../core/filter.ts'
import { duplicateLinesBy, lineSplitOption } from '../text/lines.ts'

export default filter({
  summary: 'share of the lines that repeat an earlier one; 0 without lines',
  source: 'Gopher repetition rules (Rae et al. 2021, Table A1); datatrove gopher_repetition_filter.py: dup_line_frac',
  options: { line_split: lineSplitOption('newline_runs') },
  measure({ line_split }) {
    const duplicates = duplicateLinesBy(line_split)
    return (doc) => {
      const { elements, count } = doc.view(duplicates)
      return count === 0 ? 0 : elements / count
    }
  },
  examples: [
    { text: 'one\ntwo\none\n\none', value: 0.5 },
    // A newline at either end leaves two empty lines.
    { text: '\none\n', value: 1 / 3 },
    { text: 'one\n\ntwo\n\nthree', value: 0.2, options: { line_split: 'newline' } },
    { text: '', value: 0 },
  ],
})
