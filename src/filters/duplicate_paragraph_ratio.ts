import { filter } from '../core/filter.ts'
import { duplicateParagraphs } from '../text/lines.ts'

export default filter({
  summary: 'share of the paragraphs (blank lines between them) that repeat an earlier one',
  source: 'Gopher repetition rules (Rae et al. 2021, Table A1); datatrove gopher_repetition_filter.py: dup_para_frac',
  measure: () => (doc) => {
    const { elements, count } = doc.view(duplicateParagraphs)
    return elements / count
  },
  examples: [
    { text: 'one\n\ntwo\n\n\none\n\none', value: 0.5 },
    { text: 'one\none', value: 0 },
    { text: '', value: 0 },
  ],
})
