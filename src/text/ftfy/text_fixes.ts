import { decodeHTML, decodeHTMLStrict } from 'entities'
import { windows1252Controls } from './mojibake_tables.ts'

/** Repairs of single characters and of their spelling, each as in ftfy 6.3 (Robyn Speer, Apache-2.0; fixes.py, chardata.py). */

const entity = /&#?[0-9A-Za-z]{1,24};/g

// "&amp; &#65; &EACUTE; &nope;" → "& A É &nope;"
/** Character references that end in ";", also those in capitals that HTML does not know ("&NTILDE;"). */
export const unescapeHtml = (text: string): string =>
  text.replace(entity, (reference) => (reference[1] === '#' ? numericReference(reference) : namedReference(reference)))

function namedReference(reference: string): string {
  const known = decodeHTMLStrict(reference)
  if (known !== reference) return known
  const small = reference.toLowerCase()
  if (reference !== reference.toUpperCase() || decodeHTML(reference) !== reference) return reference
  const character = decodeHTMLStrict(small)
  return character === small ? reference : character.toUpperCase()
}

/** As HTML 5 has it; ";" itself stays as it is. */
function numericReference(reference: string): string {
  const digits = /^&#(?:[xX]([0-9a-fA-F]+)|([0-9]+));$/.exec(reference)
  if (!digits) return reference
  const code = digits[1] === undefined ? Number(digits[2]) : Number.parseInt(digits[1], 16)
  if (code >= 0x80 && code <= 0x9f) return windows1252Controls[code - 0x80]!
  if (code === 0 || (code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff) return '\ufffd'
  if (code === 0x3b) return reference
  return isInvalid(code) ? '' : String.fromCodePoint(code)
}

const isInvalid = (code: number): boolean =>
  (code >= 0x01 && code <= 0x08) ||
  code === 0x0b ||
  (code >= 0x0e && code <= 0x1f) ||
  code === 0x7f ||
  (code >= 0xfdd0 && code <= 0xfdef) ||
  (code & 0xfffe) === 0xfffe

const terminalEscape = /\x1b\[(?:\p{Nd}|;)*[a-zA-Z]/gu
export const removeTerminalEscapes = (text: string): string => text.replace(terminalEscape, '')

const ligatures: Record<string, string> = {
  Ĳ: 'IJ',
  ĳ: 'ij',
  ŉ: 'ʼn',
  Ǳ: 'DZ',
  ǲ: 'Dz',
  ǳ: 'dz',
  Ǆ: 'DŽ',
  ǅ: 'Dž',
  ǆ: 'dž',
  Ǉ: 'LJ',
  ǈ: 'Lj',
  ǉ: 'lj',
  Ǌ: 'NJ',
  ǋ: 'Nj',
  ǌ: 'nj',
  ﬀ: 'ff',
  ﬁ: 'fi',
  ﬂ: 'fl',
  ﬃ: 'ffi',
  ﬄ: 'ffl',
  ﬅ: 'ſt',
  ﬆ: 'st',
}
const ligature = new RegExp(`[${Object.keys(ligatures).join('')}]`, 'g')
export const fixLatinLigatures = (text: string): string => text.replace(ligature, (found) => ligatures[found]!)

/** Fullwidth and halfwidth characters as those of usual width. */
export const fixCharacterWidth = (text: string): string =>
  text.replace(/[\u3000\uff01-\uffef]/g, (character) => (character === '\u3000' ? ' ' : character.normalize('NFKC')))

export const uncurlQuotes = (text: string): string => text.replace(/[\u201c-\u201f]/g, '"').replace(/[\u02bc\u2018-\u201b]/g, "'")

export const fixLineBreaks = (text: string): string => text.replace(/\r\n?|[\u2028\u2029\x85]/g, '\n')

/** A lone surrogate as U+FFFD. */
export const fixSurrogates = (text: string): string => text.replace(/\p{Cs}/gu, '\ufffd')

const controls = /[\0-\x08\x0b\x0e-\x1f\x7f\u206a-\u206f\ufeff\ufff9-\ufffc]/g
export const removeControlChars = (text: string): string => text.replace(controls, '')
