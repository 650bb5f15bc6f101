import { z } from 'zod'
import { editor } from '../core/editor.ts'
import { symbols as allSymbols } from '../text/character_sets.ts'
import { CodePointSet } from '../text/code_point_set.ts'
import { splitLines, strip } from '../text/python.ts'

export default editor({
  summary: 'drop lines of nothing but symbols and spaces; blank lines stay. Line ends become "\\n"',
  why: 'Extraction of tables leaves lines such as "|" behind; this removes lines of symbols alone.',
  source: 'FineWeb-2 ("|", what extraction leaves of tables); datatrove SymbolLinesFormatter',
  options: {
    symbols: z.string().min(1).optional().describe('the symbols, as one string; left out: punctuation and symbols of all scripts'),
    replacement: z.string().default('').describe('line to put in the place of each run of dropped lines; "" puts none'),
  },
  edit({ symbols, replacement }) {
    const dropped = symbols === undefined ? allSymbols : CodePointSet.of(symbols)
    const isDropped = (line: string): boolean => strip(line) !== '' && [...line].every((c) => c === ' ' || dropped.has(c.codePointAt(0)!))
    return (doc) => {
      const kept: string[] = []
      let inRun = false
      for (const line of splitLines(doc.text)) {
        const drop = isDropped(line)
        if (!drop) kept.push(line)
        else if (!inRun && replacement !== '') kept.push(replacement)
        inRun = drop
      }
      return kept.join('\n')
    }
  },
  examples: [
    { text: 'a | b\n| |\n---\n\nend', becomes: 'a | b\n\nend' },
    { text: 'a\n|\n| |\nb', becomes: 'a\n\n\nb', options: { symbols: '|', replacement: '\n' } },
    { text: '', becomes: '' },
  ],
})
