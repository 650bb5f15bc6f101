import { z } from 'zod'
import { filter } from '../core/filter.ts'
import { numberIdeographs } from '../text/character_sets.ts'
import { lineSplitOption, linesBy } from '../text/lines.ts'
import { normalizeText } from '../text/normalized.ts'

const kinds = {
  upper_case: tableOf((character) => /\p{Uppercase}/u.test(character)),
  numeric: tableOf((character) => /\p{N}/u.test(character) || numberIdeographs.has(character.codePointAt(0)!)),
}

export default filter({
  summary: 'share of the characters of a line that are of one kind, averaged over the lines, short and long alike; 0 without lines',
  why: 'Gives every line the same weight, so many short lines of capitals or digits show although most characters stand in prose.',
  source: 'RedPajama-V2 rps_lines_uppercase_letter_fraction, rps_lines_numerical_chars_fraction (on normalized lines), averaged',
  range: [0, 1],
  options: {
    characters: z
      .enum(['upper_case', 'numeric'])
      .describe(
        "upper_case: letters and marks that Unicode calls so; numeric: digits, fractions and numbers of all scripts (Python's isnumeric)",
      ),
    text: z
      .enum(['with_newlines', 'normalized'])
      .default('with_newlines')
      .describe(
        'a line as it is, with its newline, or normalized: without punctuation and spaces around it; an empty one has no such share',
      ),
    line_split: lineSplitOption('newline_ends'),
  },
  measure({ characters, text, line_split }) {
    const isWanted = kinds[characters]
    const lines = linesBy(line_split)
    return (doc) => {
      const all = doc.view(lines)
      // Every line but the last has a newline, and that one when the text ends with it.
      const newlines = text === 'normalized' ? 0 : doc.text.endsWith('\n') ? all.length : all.length - 1
      let sum = 0
      all.forEach((line, i) => {
        if (text === 'with_newlines' || mayHold(line, isWanted))
          sum += share(text === 'normalized' ? normalizeText(line) : line, i < newlines ? 1 : 0, isWanted)
      })
      return all.length === 0 ? 0 : sum / all.length
    }
  },
  examples: [
    { text: 'AB\nA\n', value: (2 / 3 + 1 / 2) / 2, options: { characters: 'upper_case' } },
    { text: '12.\n½ 三\n', value: (1 + 2 / 3) / 2, options: { characters: 'numeric', text: 'normalized' } },
    { text: '', value: 0, options: { characters: 'upper_case' } },
  ],
})

type Test = (code: number) => boolean

function tableOf(isCounted: (character: string) => boolean): Test {
  const basic = new Uint8Array(0x10000)
  for (let code = 0; code < 0x10000; code++) if (isCounted(String.fromCharCode(code))) basic[code] = 1
  return (code) => (code <= 0xffff ? basic[code] === 1 : isCounted(String.fromCodePoint(code)))
}

/** Whether a line may hold such characters once it is normalized: it has some now, or ideographs that become others. */
function mayHold(line: string, isCounted: Test): boolean {
  for (let at = 0; at < line.length; at++) {
    const unit = line.charCodeAt(at)
    if (unit >= 0xd800 || isCounted(unit)) return true
  }
  return false
}

function share(line: string, newlines: number, isCounted: Test): number {
  let found = 0
  let length = newlines
  for (let at = 0; at < line.length; length++) {
    const code = line.codePointAt(at)!
    if (isCounted(code)) found++
    at += code > 0xffff ? 2 : 1
  }
  return length === 0 ? 0 : found / length
}
