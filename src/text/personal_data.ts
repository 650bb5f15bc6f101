import type { Doc } from '../core/doc.ts'
import { isSpace, pythonSpace } from './python.ts'
import type { Span } from './replace_in_turn.ts'

export const personalDataKinds = ['email', 'phone', 'ip'] as const
export type PersonalDataKind = (typeof personalDataKinds)[number]

export interface PersonalData extends Span {
  kind: PersonalDataKind
}

/**
 * View: e-mail addresses, North American phone numbers and IPv4 addresses as Dolma's tagger finds them (pii.py:
 * pii_regex_with_counts_fast_v2), paragraph by paragraph, each kind on its own, so that they may overlap. Its quirks are kept: an address
 * takes punctuation and white space around it along, even the newline, and needs white space behind it; a phone number needs some before
 * it; private IP addresses count.
 */
export function personalData({ text }: Doc): PersonalData[] {
  const found: PersonalData[] = []
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf('\n', start)
    const end = newline < 0 ? text.length : newline + 1
    const paragraph = text.slice(start, end)
    for (const span of emails(paragraph)) found.push({ kind: 'email', start: start + span.start, end: start + span.end })
    for (const kind of digit.test(paragraph) ? (['phone', 'ip'] as const) : []) {
      for (const { 0: match, index } of paragraph.matchAll(patterns[kind])) {
        found.push({ kind, start: start + index, end: start + index + match.length })
      }
    }
    start = end
  }
  return found
}

/** Phone numbers and addresses have some; most paragraphs need no closer look. */
const digit = /\p{Nd}/u
const octet = '(?:25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?)'
const space = `[${pythonSpace}]`
const patterns = {
  phone: new RegExp(`(?<!${space})${space}+\\(?\\p{Nd}{3}\\)?[-. ]*\\p{Nd}{3}[-. ]?\\p{Nd}{4}`, 'gu'),
  ip: new RegExp(`(?:${octet}\\.){3}${octet}`, 'g'),
}

const around = new Set([...'.@,?!;:)('].map((character) => character.charCodeAt(0)))
const isAround = (code: number): boolean => around.has(code) || isSpace(code)
const at = 64
const dot = 46

/**
 * What `[.\s@,?!;:)(]*([^\s@]+@[^\s@,?!;:)(]+?)[.\s@,?!;:)(]?\s` matches, in time that grows with the text, but for matches with "(" alone
 * before the @ or without a dot behind it. (Where an address is all marks, such as ".@.", the pattern may find the next one instead.)
 */
function* emails(text: string): Generator<Span> {
  let from = 0
  for (let sign = text.indexOf('@'); sign >= 0; sign = text.indexOf('@', Math.max(sign + 1, from))) {
    let local = sign
    while (local > from && text.charCodeAt(local - 1) !== at && !isSpace(text.charCodeAt(local - 1))) local--
    let domainEnd = sign + 1
    while (domainEnd < text.length && (text.charCodeAt(domainEnd) === dot || !isAround(text.charCodeAt(domainEnd)))) domainEnd++
    // The dot of a full stop is no part of the domain.
    if (domainEnd > sign + 2 && text.charCodeAt(domainEnd - 1) === dot && isSpace(text.charCodeAt(domainEnd))) domainEnd--
    const end = endOfEmail(text, domainEnd)
    if (local === sign || domainEnd === sign + 1 || end < 0) continue
    let start = local
    while (start > from && isAround(text.charCodeAt(start - 1))) start--
    from = end
    // Marks at the start of the local part go with what is around it, as long as one character is left.
    let addressee = local
    while (addressee < sign - 1 && isAround(text.charCodeAt(addressee))) addressee++
    if (text.slice(addressee, sign) !== '(' && text.slice(sign + 1, domainEnd).includes('.')) yield { start, end }
  }
}

/** Behind the domain: at most one mark or white space, then white space. */
function endOfEmail(text: string, domainEnd: number): number {
  if (domainEnd + 1 < text.length && isSpace(text.charCodeAt(domainEnd + 1)) && isAround(text.charCodeAt(domainEnd))) return domainEnd + 2
  return domainEnd < text.length && isSpace(text.charCodeAt(domainEnd)) ? domainEnd + 1 : -1
}
