import { z } from 'zod'
import { filter } from '../core/filter.ts'
import { terminalMarks } from '../text/character_sets.ts'
import { CodePointSet } from '../text/code_point_set.ts'
import { lineSplitOption, linesBy } from '../text/lines.ts'
import { stripEnd } from '../text/python.ts'

export default filter({
  summary: 'share of the lines that end with a punctuation mark; 0 without lines',
  why: 'Prose ends its lines with punctuation; menus, lists and tables do not. One of the three rules that FineWeb found by comparing good with bad data and kept after ablations.',
  source:
    'FineWeb (Penedo et al. 2024, §3.6), at least 0.12; datatrove fineweb_quality_filter.py: line_punct_ratio; RedPajama-V2 rps_lines_ending_with_terminal_punctution_mark',
  range: [0, 1],
  options: {
    marks: z
      .string()
      .min(1)
      .optional()
      .describe('the marks, as one string; left out: 159 sentence-ending marks of all scripts, without quotation marks'),
    line_split: lineSplitOption('not_blank'),
    strip: z.boolean().default(false).describe('whether white space behind the mark is passed over'),
  },
  measure({ marks, line_split, strip }) {
    const ends = marks === undefined ? terminalMarks : CodePointSet.of(marks)
    const lines = linesBy(line_split)
    return (doc) => {
      const all = doc.view(lines)
      if (all.length === 0) return 0
      let count = 0
      for (const whole of all) {
        const line = strip ? stripEnd(whole) : whole
        if (line !== '' && ends.has(lastCodePoint(line))) count++
      }
      return count / all.length
    }
  },
  examples: [
    { text: 'One.\ntwo\n\n三。\n"Four."', value: 0.5 },
    { text: 'One.\ntwo\n\n"Four."', value: 0.5, options: { marks: '.\'"!?', line_split: 'newline' } },
    { text: 'One. ', value: 0 },
    { text: 'One. ', value: 1, options: { strip: true } },
    { text: '', value: 0 },
  ],
})

function lastCodePoint(line: string): number {
  const last = line.charCodeAt(line.length - 1)
  return (last & 0xfc00) === 0xdc00 && line.length > 1 ? line.codePointAt(line.length - 2)! : last
}
