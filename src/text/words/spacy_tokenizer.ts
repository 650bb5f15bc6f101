import { isSpace } from '../python.ts'
import {
  commonSpecials,
  currencies,
  currencyCodes,
  englishSpecials,
  icons,
  isLetter,
  isLower,
  isUpper,
  punctuation,
  quotes,
  type SpecialCases,
  units as unitNames,
} from './spacy_data.ts'

/**
 * spaCy's rule-based tokenizer (3.5 to 3.8), which FineWeb's filters use through datatrove, as one scan without regular expressions: linear in
 * the length of the text. Tokens are stretches of the text; white space is no token here.
 *
 * 1. Runs of non-space characters that are a special case are cut as it says.
 * 2. Else prefixes and suffixes are taken off until a special case, a URL or nothing more is left; the rest is cut at infixes.
 * 3. Special cases that the affix rules took apart are put together again ("w / o" stands for "w/o").
 */

/** Words of `text`: start and end offset (UTF-16 units) of each, one after the other. */
export type WordCutter = (text: string) => Int32Array

/** English, exactly as `spacy.blank("en")`. */
export const tokenizeEnglish: WordCutter = cutBy(() => rulesOf(englishSpecials))
/** What spaCy's languages have in common: no special cases but emoticons and single letters with a full stop. */
export const tokenizeCommon: WordCutter = cutBy(() => rulesOf(commonSpecials))
/** The same, and words are cut after an apostrophe between letters ("l'eau" is "l'" and "eau"), as in French and Italian. */
export const tokenizeFrench: WordCutter = cutBy(() => ({ ...rulesOf(commonSpecials), elides: true }))
/** The same, and hyphens between letters stay in the word ("Open-Source-Lizenz"). */
export const tokenizeGerman: WordCutter = cutBy(() => ({ ...rulesOf(commonSpecials), hyphenates: true }))

function cutBy(makeRules: () => Rules): WordCutter {
  let made: Rules | undefined
  return (input) => {
    rules = made ??= makeRules()
    return tokenize(input)
  }
}

function tokenize(input: string): Int32Array {
  begin(input)
  for (let at = 0; at < input.length; ) {
    let kind = kinds[units[at]!]!
    if (kind & space) {
      at++
      continue
    }
    const start = at
    let seen = 0
    do {
      seen |= kind
      if (++at === input.length) break
      kind = kinds[units[at]!]!
    } while (!(kind & space))
    if (seen & special) cutRun(start, at, true)
    else cutPlainRun(start, at)
  }
  restoreSpecials()
  return tokens.slice(0, size)
}

// What is being cut, as a string and as its units; tokens go to one growing buffer, so that a document costs one allocation.
let rules: Rules
let text = ''
let units = new Uint16Array(1 << 15)
let tokens = new Int32Array(1 << 14)
let size = 0

function begin(input: string): void {
  text = input
  size = 0
  const isTooLarge = units.length > 1 << 24 && input.length < 1 << 20
  if (units.length < input.length || isTooLarge) units = new Uint16Array(Math.max(1 << 15, 2 * input.length))
  Buffer.from(units.buffer).write(input, 'utf16le')
}

function push(start: number, end: number): void {
  if (size + 2 > tokens.length) {
    const larger = new Int32Array(tokens.length * 2)
    larger.set(tokens)
    tokens = larger
  }
  tokens[size++] = start
  tokens[size++] = end
}

// ─ kinds of characters ─

const space = 1
/** Not "plain": takes part in some affix or infix rule. */
const special = 2
/** A prefix, or a suffix, by itself. */
const prefix = 4
const suffix = 8
const icon = 16
const letter = 32
const lower = 64
const upper = 128
const digit = 256
const quote = 512
/** A full stop after this is a suffix. */
const beforeStop = 1024
const currency = 2048
/** May begin an infix, a currency's name before an amount, or end a unit. */
const mayCut = 4096
const beginsCode = 8192
const endsUnit = 16384

const firstOfCodes = new Set(currencyCodes.map((name) => name[0]))
const lastOfUnits = new Set([...unitNames].map((unit) => unit.at(-1)))
const kinds = new Uint16Array(0x10000)
for (let code = 0; code < 0x10000; code++) kinds[code] = kindOf(code)

function kindOf(code: number): number {
  const character = String.fromCharCode(code)
  if (isSpace(code)) return space
  let kind = 0
  const isDigit = code >= 48 && code <= 57
  const isPunctuation = punctuation.includes(character)
  const isQuote = quotes.includes(character)
  if (isLetter(code)) kind |= letter
  if (isLower(code)) kind |= lower | beforeStop
  if (isUpper(code)) kind |= upper
  if (isDigit) kind |= digit | beforeStop | special
  if (isQuote) kind |= quote
  if (icons.has(code)) kind |= icon | prefix | suffix
  if (isPunctuation || isQuote) kind |= prefix | suffix
  if (isPunctuation || isQuote || '%²-+|'.includes(character)) kind |= beforeStop
  if (currencies.includes(character)) kind |= currency | prefix
  if ('§%=—–'.includes(character)) kind |= prefix
  if ('—–'.includes(character)) kind |= suffix
  const isSurrogate = code >= 0xd800 && code < 0xe000
  if (kind & (prefix | suffix) || isSurrogate || '.+-*^~/'.includes(character)) kind |= special
  if (kind & icon || isSurrogate || "….,+*^-—–~:<>=/'’".includes(character)) kind |= mayCut
  if (firstOfCodes.has(character)) kind |= beginsCode
  if (lastOfUnits.has(character)) kind |= endsUnit
  return kind
}

/** Kind of the code point that begins at `at`, for runs that end at `end`. */
function kindAt(at: number, end: number): number {
  if (at >= end) return 0
  const code = units[at]!
  return isPair(at, end) ? kindAbove(text.codePointAt(at)!) : kinds[code]!
}

/** Kind of the code point that ends before `at`, for runs that begin at `start`. */
function kindBefore(at: number, start: number): number {
  if (at <= start) return 0
  return at - 2 >= start && isPair(at - 2, at) ? kindAbove(text.codePointAt(at - 2)!) : kinds[units[at - 1]!]!
}

const isPair = (at: number, end: number): boolean =>
  at + 1 < end && (units[at]! & 0xfc00) === 0xd800 && (units[at + 1]! & 0xfc00) === 0xdc00

const kindAbove = (code: number): number =>
  (icons.has(code) ? icon | prefix | suffix : 0) | (isLetter(code) ? letter | lower | upper | beforeStop : 0)

const widthBefore = (at: number, start: number): number => (at - 2 >= start && isPair(at - 2, at) ? 2 : 1)

// ─ special cases ─

/** What differs from language to language. */
interface Rules {
  specials: SpecialCases
  longest: number
  /** First unit, last unit and length of the special cases: rules out nearly everything else without cutting out a string. */
  keys: Uint8Array
  /** By their first two tokens: all sequences of tokens that stand for a special case. */
  sequences: Map<string, string[][]>
  /** Length and last unit of the first and first unit of the second token of any sequence: rules out nearly all pairs. */
  pairs: Uint8Array
  elides: boolean
  hyphenates: boolean
}

const specialKey = (first: number, last: number, length: number): number => (first * 31 + last * 331 + length * 1021) & 0x1fff
const pairKey = (length: number, before: number, after: number): number => (length * 521 + before * 131 + after) & 0xfff
const one = 1
const several = 2

function rulesOf(specials: SpecialCases): Rules {
  const keys = new Uint8Array(1 << 13)
  for (const [special, pieces] of specials) {
    const at = specialKey(special.charCodeAt(0), special.charCodeAt(special.length - 1), special.length)
    keys[at] = keys[at]! | (pieces.length > 1 ? several : one)
  }
  const longest = Math.max(...[...specials.keys()].map((key) => key.length))
  const made: Rules = { specials, longest, keys, sequences: new Map(), pairs: new Uint8Array(1 << 12), elides: false, hyphenates: false }
  for (const pieces of [...specials.keys()].map((key) => cutByAffixes(key, made))) {
    const [first, second] = pieces
    if (first === undefined || second === undefined) continue
    const start = `${first} ${second}`
    made.sequences.set(start, [...(made.sequences.get(start) ?? []), pieces])
    made.pairs[pairKey(first.length, first.charCodeAt(first.length - 1), second.charCodeAt(0))] = 1
  }
  return made
}

/** What the affix rules alone make of a special case. */
function cutByAffixes(key: string, by: Rules): string[] {
  rules = by
  begin(key)
  cutRun(0, key.length, false)
  return Array.from({ length: size / 2 }, (_, i) => tokenText(i))
}

/** The pieces of the special case that stands here, if one does; `kind` leaves out those that stay whole. */
function specialAt(start: number, end: number, kind: number = one | several): readonly string[] | undefined {
  if (end <= start || end - start > rules.longest) return undefined
  const key = rules.keys[specialKey(units[start]!, units[end - 1]!, end - start)]!
  return key & kind ? rules.specials.get(text.slice(start, end)) : undefined
}

const isSpecial = (start: number, end: number): boolean => specialAt(start, end) !== undefined

function pushPieces(pieces: readonly string[], start: number): void {
  for (const piece of pieces) {
    push(start, start + piece.length)
    start += piece.length
  }
}

/** A run of characters that no affix rule knows is one token, unless it is a special case. */
function cutPlainRun(start: number, end: number): void {
  const pieces = specialAt(start, end, several)
  if (pieces) pushPieces(pieces, start)
  else push(start, end)
}

// ─ affixes ─

const suffixEnds: number[] = []

function cutRun(start: number, end: number, useSpecials: boolean): void {
  suffixEnds.length = 0
  while (start < end) {
    if (useSpecials && isSpecial(start, end)) break
    const before = prefixLength(start, end)
    if (before > 0 && useSpecials && isSpecial(start + before, end)) {
      push(start, start + before)
      start += before
      break
    }
    const after = suffixLength(start + before, end)
    if (after > 0 && useSpecials && isSpecial(start, end - after)) {
      suffixEnds.push(end)
      end -= after
      break
    }
    if (before === 0 && after === 0) break
    if (before > 0) push(start, start + before)
    start += before
    if (after === 0 || (before > 0 && start > end - after)) continue
    suffixEnds.push(end)
    end -= after
  }
  if (start < end) cutRest(start, end, useSpecials)
  for (let i = suffixEnds.length - 1; i >= 0; i--) {
    push(end, suffixEnds[i]!)
    end = suffixEnds[i]!
  }
}

function cutRest(start: number, end: number, useSpecials: boolean): void {
  let seen = 0
  for (let at = start; at < end; at++) seen |= kinds[units[at]!]!
  const pieces = useSpecials ? specialAt(start, end) : undefined
  if (pieces) pushPieces(pieces, start)
  else if (!(seen & mayCut) || isUrl(start, end)) push(start, end)
  else cutAtInfixes(start, end)
}

function cutAtInfixes(start: number, end: number): void {
  let from = start
  for (let at = start; at < end; ) {
    if (!(kinds[units[at]!]! & mayCut)) {
      at++
      continue
    }
    const length = infixLength(at, start, end)
    if (length > 0 && at > start) {
      if (at > from) push(from, at)
      push(at, at + length)
      from = at + length
    } else if (rules.elides && isElision(at, start, end)) {
      push(from, at + 1)
      from = at + 1
    }
    at += Math.max(length, 1)
  }
  if (from < end) push(from, end)
}

/** UTF-16 units of the prefix that begins a run, or 0. */
function prefixLength(start: number, end: number): number {
  const code = units[start]!
  const kind = kindAt(start, end)
  if (kind & prefix) return isPair(start, end) ? 2 : 1
  if (code === 43) return kindAt(start + 1, end) & digit ? 0 : 1
  if (code === 46) {
    const dots = dotsAt(start, end)
    return dots > 1 ? dots : 0
  }
  if (!(kind & beginsCode)) return 0
  return currencyCodes.find((name) => name.length <= end - start && text.startsWith(name, start))?.length ?? 0
}

function dotsAt(at: number, end: number): number {
  let n = 0
  while (at + n < end && units[at + n]! === 46) n++
  return n
}

/** UTF-16 units of the longest suffix that ends a run, or 0. */
function suffixLength(start: number, end: number): number {
  if (start >= end) return 0
  const last = units[end - 1]!
  if (last === 46) return stopLength(start, end)
  const kind = kindBefore(end, start)
  // "'s" and "’s"
  if (last === 115 || last === 83) {
    const mark = end - 2 >= start ? units[end - 2]! : 0
    if (mark === 39 || mark === 0x2019) return 2
  }
  const longest = kind & (endsUnit | currency) ? Math.max(unitLength(start, end), currencyLength(start, end, kind)) : 0
  if (longest > 0) return longest
  if (last === 0x2026 && end - 2 >= start && units[end - 2]! === 0x2026) return 2
  if (kind & suffix) return widthBefore(end, start)
  return last === 43 && kindBefore(end - 1, start) & digit ? 1 : 0
}

/** A full stop is a suffix when doubled, or after certain characters; "U.S" keeps the one in between, "A." the last. */
function stopLength(start: number, end: number): number {
  let dots = 1
  while (end - dots - 1 >= start && units[end - dots - 1]! === 46) dots++
  if (dots > 1) return dots
  const at = end - 1
  const kind = kindBefore(at, start)
  if (kind & beforeStop) return 1
  const before = at - widthBefore(at, start)
  if (kind & upper && kindBefore(before, start) & upper) return 1
  return at - 2 >= start && units[at - 2]! === 0xb0 && 'FfCcKk'.includes(text[at - 1]!) ? 1 : 0
}

const longestUnit = Math.max(...[...unitNames].map((unit) => unit.length))

/** "10km": a unit right after a digit. */
function unitLength(start: number, end: number): number {
  for (let length = Math.min(longestUnit, end - start - 1); length > 0; length--) {
    const code = units[end - length - 1]!
    if (code >= 48 && code <= 57 && unitNames.has(text.slice(end - length, end))) return length
  }
  return 0
}

function currencyLength(start: number, end: number, kind: number): number {
  if (!(kind & currency)) return 0
  for (const name of currencyCodes) {
    if (end - name.length > start && text.endsWith(name, end) && kinds[units[end - name.length - 1]!]! & digit) return name.length
  }
  return kindBefore(end - 1, start) & digit ? 1 : 0
}

/** UTF-16 units of the infix at `at`, or 0; the rules look at the characters on either side. */
function infixLength(at: number, start: number, end: number): number {
  const code = units[at]!
  const kind = kindAt(at, end)
  if (kind & icon) return isPair(at, end) ? 2 : 1
  switch (code) {
    case 0x2026:
      return 1
    case 46: {
      const dots = dotsAt(at, end)
      if (dots > 1) return dots
      return kindBefore(at, start) & (lower | quote) && kindAt(at + 1, end) & (upper | quote) ? 1 : 0
    }
    case 44:
      return kindBefore(at, start) & letter && kindAt(at + 1, end) & letter ? 1 : 0
    case 43:
    case 42:
    case 94:
      return isBetweenDigits(at, start, end) ? 1 : 0
    case 45:
      return isBetweenDigits(at, start, end) ? 1 : dashLength(at, start, end, 3)
    case 0x2014:
      return dashLength(at, start, end, 2)
    case 0x2013:
    case 126:
    case 58:
    case 60:
    case 62:
    case 61:
    case 47:
      return dashLength(at, start, end, 1)
    default:
      return 0
  }
}

function isElision(at: number, start: number, end: number): boolean {
  const code = units[at]!
  return (code === 39 || code === 0x2019) && (kindBefore(at, start) & letter) !== 0 && (kindAt(at + 1, end) & letter) !== 0
}

const isBetweenDigits = (at: number, start: number, end: number): boolean =>
  (kindBefore(at, start) & digit) !== 0 && ((kindAt(at + 1, end) & digit) !== 0 || (at + 1 < end && units[at + 1]! === 45))

/** Up to `most` of the same character between a letter or digit and a letter. */
function dashLength(at: number, start: number, end: number, most: number): number {
  if (!(kindBefore(at, start) & (letter | digit))) return 0
  const code = units[at]!
  if (rules.hyphenates && code === 45) return text[at + 1] === '-' && kindAt(at + 2, end) & letter ? 2 : 0
  for (let n = 1; n <= most && at + n - 1 < end && units[at + n - 1]! === code; n++) {
    if (kindAt(at + n, end) & letter) return n
  }
  return 0
}

// ─ URLs ─

// Labels and a top-level domain of letters that are not upper case, or an IPv4 address outside the private ranges; then a port, a path or nothing.
const label = '(?:[A-Za-z0-9\\u00a1-\\uffff][A-Za-z0-9\\u00a1-\\uffff_-]{0,62})?[A-Za-z0-9\\u00a1-\\uffff]'
const address =
  '(?!(?:10|127)(?:\\.\\d{1,3}){3})(?!(?:169\\.254|192\\.168)(?:\\.\\d{1,3}){2})(?!172\\.(?:1[6-9]|2\\d|3[0-1])(?:\\.\\d{1,3}){2})' +
  '(?:[1-9]\\d?|1\\d\\d|2[01]\\d|22[0-3])(?:\\.(?:1?\\d{1,2}|2[0-4]\\d|25[0-5])){2}(?:\\.(?:[1-9]\\d?|1\\d\\d|2[0-4]\\d|25[0-4]))'
const hostAddress = new RegExp(`${address}(?::\\p{Nd}{2,5})?(?=[/?#]|$)`.replaceAll('\\d', '\\p{Nd}'), 'uy')
const hostName = new RegExp(`(?:${label}\\.)+`, 'uy')
const port = /:\p{Nd}{2,5}/uy
const scheme = /[\p{L}\p{N}_+\-.]{2,}:\/\//uy

/** Whether the whole run is a URL: an optional scheme, an optional `user:password@`, a host, and what may follow one. */
function isUrl(start: number, end: number): boolean {
  const run = text.slice(start, end)
  if (!run.includes('.')) return false
  if (isHost(run, 0)) return true
  scheme.lastIndex = 0
  if (scheme.test(run) && isHost(run, scheme.lastIndex)) return true
  for (let at = run.indexOf('@', 1); at >= 0; at = run.indexOf('@', at + 1)) if (isHost(run, at + 1)) return true
  return false
}

function isHost(run: string, at: number): boolean {
  hostAddress.lastIndex = at
  if (hostAddress.test(run)) return true
  hostName.lastIndex = at
  if (!hostName.test(run)) return false
  // The labels are greedy: what follows the last full stop must be the top-level domain, or a full stop before it ends the name.
  let end = hostName.lastIndex
  let letters = 0
  while (end < run.length) {
    const code = run.codePointAt(end)!
    if (letters === 63 || !isLower(code)) break
    end += code > 0xffff ? 2 : 1
    letters++
  }
  if (letters < 2) return false
  port.lastIndex = end
  if (port.test(run)) end = port.lastIndex
  return end === run.length || '/?#'.includes(run[end]!)
}

// ─ special cases that the affix rules take apart ─

interface Match {
  /** Index of the first token, and number of tokens. */
  at: number
  length: number
}

function restoreSpecials(): void {
  const matches: Match[] = []
  for (let i = 2; i < size; i += 2) {
    const end = tokens[i - 1]!
    const key = pairKey(end - tokens[i - 2]!, units[end - 1]!, units[tokens[i]!]!)
    if (rules.pairs[key] === 1 && areNeighbours(i / 2 - 1)) {
      addMatches(i / 2 - 1, matches)
    }
  }
  if (matches.length > 0) replaceMatches(choose(matches))
}

/** Whether no white space lies between a token and the next but at most one U+0020, which spaCy keeps with the token before it. */
function areNeighbours(index: number): boolean {
  const gap = tokens[2 * index + 2]! - tokens[2 * index + 1]!
  return gap === 0 || (gap === 1 && units[tokens[2 * index + 1]!]! === 32)
}

const tokenText = (index: number): string => text.slice(tokens[2 * index], tokens[2 * index + 1])

function addMatches(at: number, matches: Match[]): void {
  for (const pieces of rules.sequences.get(`${tokenText(at)} ${tokenText(at + 1)}`) ?? []) {
    if (2 * (at + pieces.length) > size) continue
    let n = 2
    while (n < pieces.length && areNeighbours(at + n - 1) && tokenText(at + n) === pieces[n]) n++
    if (n === pieces.length) matches.push({ at, length: n })
  }
}

/** Longest first, then leftmost; one that begins or ends inside a better one is left out. In the order of the text. */
function choose(matches: Match[]): Match[] {
  const taken = new Set<number>()
  const chosen: Match[] = []
  for (const match of matches.sort((a, b) => b.length - a.length || a.at - b.at)) {
    if (!taken.has(match.at) && !taken.has(match.at + match.length - 1)) chosen.push(match)
    for (let i = match.at; i < match.at + match.length; i++) taken.add(i)
  }
  return chosen.sort((a, b) => a.at - b.at)
}

/** Whether a match already is cut as the special case says. */
function isInPieces({ at, length }: Match): boolean {
  const pieces = specialAt(tokens[2 * at]!, tokens[2 * (at + length) - 1]!)
  return !pieces || (pieces.length === length && pieces.every((piece, i) => piece === tokenText(at + i)))
}

/** Where the text of a match, spaces included, is the special case itself, its pieces take the tokens' place. */
function replaceMatches(chosen: Match[]): void {
  if (chosen.every(isInPieces)) return
  const old = tokens.slice(0, size)
  size = 0
  let next = 0
  const keep = (until: number): void => {
    for (; next < until; next++) push(old[2 * next]!, old[2 * next + 1]!)
  }
  for (const { at, length } of chosen) {
    const pieces = specialAt(old[2 * at]!, old[2 * (at + length) - 1]!)
    if (!pieces) continue
    keep(at)
    pushPieces(pieces, old[2 * at]!)
    next = at + length
  }
  keep(old.length / 2)
}
