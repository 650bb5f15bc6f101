import { z } from 'zod'
import { filter } from '../core/filter.ts'
import { lineSplitOption, linesBy } from '../text/lines.ts'

export default filter({
  summary: 'share of short lines among the first or the last lines; 0 where that is no line',
  why: 'Menus and footers stand at the two ends of a page. This looks only there, so it tells a page with leftovers around its text from one with short lines throughout.',
  source: 'OSCAR (ungoliant: header, footer; more than half of the first or last 20 % of the lines shorter than 100 bytes)',
  range: [0, 1],
  options: {
    edge: z.enum(['start', 'end']).describe('which end of the text'),
    share: z.number().gt(0).max(1).describe('share of the lines to look at, rounded down to whole lines'),
    max_bytes: z.int().min(0).describe('bytes (UTF-8) that a short line has at most'),
    line_split: lineSplitOption('python'),
  },
  measure({ edge, share, max_bytes, line_split }) {
    const lines = linesBy(line_split)
    return (doc) => {
      const all = doc.view(lines)
      const n = Math.floor(share * all.length)
      const looked = edge === 'start' ? all.slice(0, n) : all.slice(all.length - n)
      return n === 0 ? 0 : looked.filter((line) => line.length <= max_bytes && Buffer.byteLength(line) <= max_bytes).length / n
    }
  },
  examples: [
    { text: 'a\nb\nlong\nlong\nlong', value: 1, options: { edge: 'start', share: 0.4, max_bytes: 1 } },
    { text: 'a\nb\nlong\nlong\nlong', value: 0, options: { edge: 'end', share: 0.4, max_bytes: 1 } },
    // 20 % of four lines is no line.
    { text: 'a\nb\nc\nd', value: 0, options: { edge: 'start', share: 0.2, max_bytes: 99 } },
    { text: '', value: 0, options: { edge: 'end', share: 0.2, max_bytes: 99 } },
  ],
})
