import { z } from 'zod'
import { editor } from '../core/editor.ts'
import { fixC1Controls, fixEncoding } from '../text/ftfy/mojibake.ts'
import * as fixes from '../text/ftfy/text_fixes.ts'

const fix = (description: string): z.ZodDefault<z.ZodBoolean> => z.boolean().default(true).describe(description)

/** After the encoding, in this order. */
const characterFixes = {
  fix_c1_controls: fixC1Controls,
  fix_latin_ligatures: fixes.fixLatinLigatures,
  fix_character_width: fixes.fixCharacterWidth,
  uncurl_quotes: fixes.uncurlQuotes,
  fix_line_breaks: fixes.fixLineBreaks,
  fix_surrogates: fixes.fixSurrogates,
  remove_terminal_escapes: fixes.removeTerminalEscapes,
  remove_control_chars: fixes.removeControlChars,
}
type CharacterFix = keyof typeof characterFixes

/** Nothing in such a line can need a fix. */
const plainLine = /^[\t\n\x20-\x25\x27-\x7e]*$/

export default editor({
  summary:
    'repair text whose encoding was mistaken ("schÃ¶n"), character references, ligatures, curly quotes, control characters and the like',
  why: 'Text that was decoded by the wrong charset somewhere before the crawl cannot be repaired by decoding it right. This undoes it, and brings quotes, ligatures and widths to one form if asked to.',
  source:
    'ftfy 6.3 (Robyn Speer; fix_text), with its options; SlimPajama, MAP-NEO: all of them; datatrove FTFYFormatter and FineWeb-2: without fix_latin_ligatures, fix_character_width, uncurl_quotes, fix_line_breaks and normalization',
  options: {
    unescape_html: z
      .union([z.boolean(), z.literal('auto')])
      .default('auto')
      .describe('replace character references such as &eacute; — auto: not from the first line with a "<" on'),
    remove_terminal_escapes: fix('delete sequences that colour the text of a terminal'),
    fix_encoding: fix('read text again as UTF-8 that looks as if it had been read as another encoding'),
    restore_byte_a0: fix('for that, see byte A0 in a space'),
    replace_lossy_sequences: fix('for that, put U+FFFD for characters of which bytes are lost'),
    decode_inconsistent_utf8: fix('do that also for parts of a line'),
    fix_c1_controls: fix('see Windows-1252 in the control characters U+0080 to U+009F'),
    fix_latin_ligatures: fix('write ligatures ("ﬁ") as letters'),
    fix_character_width: fix('write fullwidth and halfwidth characters as usual ones'),
    uncurl_quotes: fix('write quotation marks as \' and "'),
    fix_line_breaks: fix('write \\r\\n, \\r, U+2028, U+2029 and U+0085 as \\n'),
    fix_surrogates: fix('replace lone surrogates by U+FFFD'),
    remove_control_chars: fix('delete control characters without a use in text'),
    normalization: z.enum(['NFC', 'NFD', 'NFKC', 'NFKD', 'none']).default('NFC').describe('Unicode normalization form'),
    max_decode_length: z.int().positive().default(1_000_000).describe('longer lines are repaired in parts of so many characters'),
  },
  edit({ unescape_html, fix_encoding, normalization, max_decode_length, ...options }) {
    const chosenFixes = Object.keys(characterFixes).filter((name) => options[name as CharacterFix]) as CharacterFix[]

    // a fix may make another possible
    function fixLine(text: string, hasReferences: boolean): string {
      const before = text
      if (hasReferences) text = fixes.unescapeHtml(text)
      if (fix_encoding) text = fixEncoding(text, options)
      for (const name of chosenFixes) text = characterFixes[name](text)
      if (normalization !== 'none') text = text.normalize(normalization)
      return text === before ? text : fixLine(text, hasReferences)
    }

    return ({ text }) => {
      const parts: string[] = []
      let hasReferences = unescape_html !== false
      for (let start = 0, end = 0; start < text.length; start = end) {
        end = partEnd(text, start, max_decode_length)
        const line = text.slice(start, end)
        if (unescape_html === 'auto' && line.includes('<')) hasReferences = false
        parts.push(plainLine.test(line) ? line : fixLine(line, hasReferences))
      }
      return parts.join('')
    }
  },
  examples: [
    { text: 'schÃ¶n, doesnâ€™t &amp; ï¬\u0081n', becomes: "schön, doesn't & fin" },
    { text: '“ﬁne” Ａ\r\n', becomes: '"fine" A\n' },
    {
      text: '“ﬁne” cafe\u0301',
      becomes: '“ﬁne” cafe\u0301',
      options: { uncurl_quotes: false, fix_latin_ligatures: false, normalization: 'none' },
    },
    { text: '<b> &eacute;', becomes: '<b> &eacute;' },
    { text: '', becomes: '' },
  ],
})

/** Where a line ends, or a part of it that is as long as may be in code points. */
function partEnd(text: string, start: number, maxLength: number): number {
  const lineEnd = text.indexOf('\n', start) + 1 || text.length
  if (lineEnd - start <= maxLength) return lineEnd
  let end = start
  for (let count = 0; count < maxLength && end < lineEnd; count++) end += text.codePointAt(end)! > 0xffff ? 2 : 1
  return end
}
