import { filter } from '../core/filter.ts'
import { codePointCount } from '../text/code_points.ts'

export default filter({
  summary: 'number of characters (Unicode code points) of the text',
  source: 'C4 (max 190,000), CCNet (min 300), MAP-NEO (min 1,000)',
  measure: () => (doc) => doc.view(codePointCount),
  examples: [
    { text: 'two words', value: 9 },
    { text: 'a😀b', value: 3 },
    { text: '', value: 0 },
  ],
})
