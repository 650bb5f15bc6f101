import { filter } from '../core/filter.ts'
import { codePointCount } from '../text/code_points.ts'

export default filter({
  summary: 'number of characters (Unicode code points) of the text',
  why: 'The cheapest rule on size: it needs no words. Too short a page says little; too long a one is often a dump or a concatenation.',
  source: 'C4 (max 190,000), CCNet (min 300), MAP-NEO (min 1,000)',
  range: [0, Number.POSITIVE_INFINITY],
  measure: () => (doc) => doc.view(codePointCount),
  examples: [
    { text: 'two words', value: 9 },
    { text: 'a😀b', value: 3 },
    { text: '', value: 0 },
  ],
})
