import { pythonSpace, strip } from './python.ts'

const asciiPunctuation = /[!-/:-@[-`{-~]+/g
const whiteSpace = new RegExp(`[${pythonSpace}]+`, 'g')

// " Don't  STOP\n — Été" → "dont stop — e\u0301te\u0301"
/** RedPajama-V2's `normalize`: without ASCII punctuation, in lower case, one space between words, letters and accents apart (NFD). */
export const normalizeText = (text: string): string =>
  strip(text.replace(asciiPunctuation, '').toLowerCase()).replace(whiteSpace, ' ').normalize('NFD')
