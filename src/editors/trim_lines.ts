import { editor } from '../core/editor.ts'
import { splitLines, strip } from '../text/python.ts'

export default editor({
  summary: 'take white space from both ends of every line; lines end as in Python\'s str.splitlines and are joined by "\\n"',
  why: 'White space at the ends of lines decides whether a line ends with a mark or equals another one. C4 trims before its line rules.',
  source: 'C4 (Raffel et al. 2020); datatrove c4_filters.py',
  edit: () => (doc) => splitLines(doc.text).map(strip).join('\n'),
  examples: [
    { text: ' one \r\n\ttwo\u2028three\n', becomes: 'one\ntwo\nthree' },
    { text: '', becomes: '' },
  ],
})
