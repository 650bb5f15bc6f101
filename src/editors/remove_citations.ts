import { editor } from '../core/editor.ts'

export default editor({
  summary: 'delete the citation marks of Wikipedia: [1], [], [edit], [citation needed]; white space around them stays',
  why: 'Takes "[1]" and "[edit]" out of Wikipedia and its mirrors, which are good text otherwise.',
  source: 'C4 as published (TFDS text/c4_utils.py); datatrove c4_filters.py',
  edit: () => (doc) => (doc.text.includes('[') ? doc.text.replace(/\[\p{Nd}*\]|\[edit\]|\[citation needed\]/gu, '') : doc.text),
  examples: [
    { text: 'It rained.[12][citation needed] [a]', becomes: 'It rained. [a]' },
    { text: '', becomes: '' },
  ],
})
