import { filter } from '../core/filter.ts'
import { lineSplitOption, linesBy } from '../text/lines.ts'

export default filter({
  summary: 'number of lines',
  why: 'Removes pages of a few lines, which after extraction are mostly error messages and single captions.',
  source: 'OSCAR (ungoliant: tiny, at least 5); CCNet nlines, RedPajama-V2 ccnet_nlines; MAP-NEO (at least 10)',
  range: [0, Number.POSITIVE_INFINITY],
  options: { line_split: lineSplitOption('python') },
  measure({ line_split }) {
    const lines = linesBy(line_split)
    return (doc) => doc.view(lines).length
  },
  examples: [
    { text: 'one\ntwo\n', value: 2 },
    { text: 'one\n\ntwo\n', value: 4, options: { line_split: 'newline' } },
    { text: '', value: 0 },
  ],
})
