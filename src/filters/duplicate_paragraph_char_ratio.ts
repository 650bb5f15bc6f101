import { filter } from '../core/filter.ts'
import { codePointCount } from '../text/code_points.ts'
import { duplicateParagraphs } from '../text/lines.ts'

export default filter({
  summary: 'characters in paragraphs that repeat an earlier one, as a share of all characters',
  source: 'Gopher repetition rules (Rae et al. 2021, Table A1); datatrove gopher_repetition_filter.py: dup_para_char_frac',
  measure: () => (doc) => (doc.text === '' ? 0 : doc.view(duplicateParagraphs).chars / doc.view(codePointCount)),
  examples: [
    { text: 'one\n\ntwo\n\none\n\n', value: 0.2 },
    { text: '', value: 0 },
  ],
})
