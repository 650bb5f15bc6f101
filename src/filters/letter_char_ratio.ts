import { filter } from '../core/filter.ts'
import { codePointCount } from '../text/code_points.ts'

export default filter({
  summary: 'share of the characters that are letters or combining marks of any script; 0 for an empty text',
  why: 'Catches pages of numbers, symbols and broken encodings in any script, without needing words.',
  source: 'OSCAR (ungoliant: noisy, less than half)',
  range: [0, 1],
  measure: () => (doc) => (doc.text === '' ? 0 : (doc.text.match(letterOrMark)?.length ?? 0) / doc.view(codePointCount)),
  examples: [
    { text: 'ab 12', value: 0.4 },
    { text: 'नमस्ते', value: 1 },
    { text: '!!!', value: 0 },
    { text: '', value: 0 },
  ],
})

const letterOrMark = /[\p{L}\p{M}]/gu
