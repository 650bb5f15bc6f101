import { filter } from '../core/filter.ts'
import { lineSplitOption, linesBy } from '../text/lines.ts'

export default filter({
  summary: 'number of lines',
  source: 'CCNet nlines, RedPajama-V2 ccnet_nlines; MAP-NEO (min 10)',
  options: { line_split: lineSplitOption('newline_ends') },
  measure({ line_split }) {
    const lines = linesBy(line_split)
    return (doc) => doc.view(lines).length
  },
  examples: [
    { text: 'one\n\ntwo\n', value: 3 },
    { text: 'one\n\ntwo\n', value: 2, options: { line_split: 'not_blank' } },
    { text: '', value: 0 },
  ],
})
