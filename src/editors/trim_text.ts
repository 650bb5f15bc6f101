import { editor } from '../core/editor.ts'
import { strip } from '../text/python.ts'

export default editor({
  summary: 'take white space from both ends of the text',
  why: 'White space at the two ends is no part of a text, but makes equal texts differ and costs tokens.',
  source: 'C4 (Raffel et al. 2020); datatrove c4_filters.py',
  edit: () => (doc) => strip(doc.text),
  examples: [
    { text: '\n one\ntwo \n', becomes: 'one\ntwo' },
    { text: '', becomes: '' },
  ],
})
