import { isAlphanumericAt, isSpace } from '../python.ts'

/**
 * Words by the default rules of Unicode Standard Annex #29, without those that are all white space. Scripts without spaces (Han,
 * Hiragana, Thai, …) are cut into characters; Intl.Segmenter looks words up in a dictionary there, and breaks at a colon.
 */
export function tokenizeUax29(text: string): Int32Array {
  return new Int32Array(scan(text, () => true))
}

/** The words of `tokenizeUax29` that begin with a letter or digit, as DCLM takes them. */
export function tokenizeUax29Alphanumeric(text: string): Int32Array {
  return new Int32Array(scan(text, (start) => isAlphanumericAt(text, start)))
}

function scan(text: string, isWordAt: (start: number) => boolean): number[] {
  classes ??= classTable()
  const tokens: number[] = []
  let start = 0
  let blank = true
  // Classes of the character before (raw), of the last one that WB4 does not pass over, and of the one before that.
  let raw = Other
  let last = Other
  let beforeLast = Other
  let indicators = 0
  for (let at = 0; at < text.length; ) {
    const code = text.codePointAt(at)!
    const next = code > 0xffff ? at + 2 : at + 1
    const current = classOf(code)
    if (at > start && isBoundary(text, next, current, raw, last, beforeLast, indicators)) {
      if (!blank && isWordAt(start)) tokens.push(start, at)
      start = at
      blank = true
    }
    if (blank && !(code <= 0xffff && isSpace(code))) blank = false
    const passedOver = isPassedOver(current) && at > start
    if (!passedOver) {
      beforeLast = at === start ? Other : last
      last = current
      indicators = current === RegionalIndicator ? (at === start ? 1 : indicators + 1) : 0
    }
    raw = current
    at = next
  }
  if (!blank && isWordAt(start)) tokens.push(start, text.length)
  return tokens
}

// Word_Break property values
const Other = 0
const Letter = 1
const HebrewLetter = 2
const Numeric = 3
const Katakana = 4
const ExtendNumLet = 5
const MidLetter = 6
const MidNum = 7
const MidNumLet = 8
const SingleQuote = 9
const DoubleQuote = 10
const Extend = 11
const Format = 12
const ZeroWidthJoiner = 13
const Space = 14
const CarriageReturn = 15
const LineFeed = 16
const Newline = 17
const RegionalIndicator = 18
const Pictograph = 19
/** A letter that is a pictograph too, such as ℹ. */
const LetterPictograph = 20

const isLetter = (c: number): boolean => c === Letter || c === HebrewLetter || c === LetterPictograph
const isPassedOver = (c: number): boolean => c === Extend || c === Format || c === ZeroWidthJoiner
const isNewline = (c: number): boolean => c === Newline || c === CarriageReturn || c === LineFeed
const isMidLetter = (c: number): boolean => c === MidLetter || c === MidNumLet || c === SingleQuote
const isMidNum = (c: number): boolean => c === MidNum || c === MidNumLet || c === SingleQuote
const isWord = (c: number): boolean => isLetter(c) || c === Numeric || c === Katakana

/** Whether a word ends before a character of class `current`, behind which the text goes on at `next`. */
function isBoundary(
  text: string,
  next: number,
  current: number,
  raw: number,
  last: number,
  beforeLast: number,
  indicators: number,
): boolean {
  if (raw === CarriageReturn && current === LineFeed) return false // WB3
  if (isNewline(raw) || isNewline(current)) return true // WB3a, WB3b
  if (raw === ZeroWidthJoiner && (current === Pictograph || current === LetterPictograph)) return false // WB3c
  if (raw === Space && current === Space) return false // WB3d
  if (isPassedOver(current)) return false // WB4
  if (isLetter(last)) {
    if (isLetter(current) || current === Numeric || current === ExtendNumLet) return false // WB5, WB9, WB13a
    if (isMidLetter(current) && isLetter(classAfter(text, next))) return false // WB6
    if (last === HebrewLetter && current === SingleQuote) return false // WB7a
    if (last === HebrewLetter && current === DoubleQuote && classAfter(text, next) === HebrewLetter) return false // WB7b
    return true
  }
  if (last === Numeric) {
    if (current === Numeric || isLetter(current) || current === ExtendNumLet) return false // WB8, WB10, WB13a
    return !(isMidNum(current) && classAfter(text, next) === Numeric) // WB12
  }
  if (isLetter(current) && isLetter(beforeLast) && isMidLetter(last)) return false // WB7
  if (current === HebrewLetter && beforeLast === HebrewLetter && last === DoubleQuote) return false // WB7c
  if (current === Numeric && beforeLast === Numeric && isMidNum(last)) return false // WB11
  if (last === Katakana) return current !== Katakana && current !== ExtendNumLet // WB13, WB13a
  if (last === ExtendNumLet) return !(isWord(current) || current === ExtendNumLet) // WB13a, WB13b
  if (last === RegionalIndicator && current === RegionalIndicator) return indicators % 2 === 0 // WB15, WB16
  return true // WB999
}

/** Class of the next character from `at` on that WB4 does not pass over. */
function classAfter(text: string, at: number): number {
  while (at < text.length) {
    const code = text.codePointAt(at)!
    const found = classOf(code)
    if (!isPassedOver(found)) return found
    at += code > 0xffff ? 2 : 1
  }
  return Other
}

let classes: Uint8Array | undefined

function classTable(): Uint8Array {
  const table = new Uint8Array(0x10000)
  for (let code = 0; code < table.length; code++) table[code] = findClass(code)
  return table
}

const classOf = (code: number): number => (code <= 0xffff ? classes![code]! : findClass(code))

const listed = new Map<number, number>()
const list = (characters: string, found: number): void => {
  for (const character of characters) listed.set(character.codePointAt(0)!, found)
}
list('\r', CarriageReturn)
list('\n', LineFeed)
list('\v\f\x85\u2028\u2029', Newline)
list("'", SingleQuote)
list('"', DoubleQuote)
list('\u200d', ZeroWidthJoiner)
list('\u200b', Other)
list(':\xb7\u0387\u055f\u05f4\u2027\ufe13\ufe55\uff1a', MidLetter)
list('.\u2018\u2019\u2024\ufe52\uff07\uff0e', MidNumLet)
list(',;\u037e\u0589\u060c\u060d\u066c\u07f8\u2044\ufe10\ufe14\ufe50\ufe54\uff0c\uff1b', MidNum)
list('\u066b', Numeric)
list('\u202f', ExtendNumLet)
list(' \u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2008\u2009\u200a\u205f\u3000', Space)
list('\u3031\u3032\u3033\u3034\u3035\u309b\u309c\u30a0\u30fc\uff70', Katakana)
list('\u055a\u055b\u055c\u055e\u058a\u05f3\u070f\ua720\ua721\ua789\ua78a\uab5b', Letter)
// Modifier symbols that count as letters, though they are not alphabetic.
for (const [from, to] of [
  [0x2c2, 0x2c5],
  [0x2d2, 0x2d7],
  [0x2de, 0x2df],
  [0x2e5, 0x2eb],
  [0x2ed, 0x2ed],
  [0x2ef, 0x2ff],
  [0xa708, 0xa716],
] as const) {
  for (let code = from; code <= to; code++) listed.set(code, Letter)
}

const spaceless =
  /[\p{Ideographic}\p{Script=Hiragana}\p{Script=Thai}\p{Script=Lao}\p{Script=Myanmar}\p{Script=Khmer}\p{Script=Tai_Le}\p{Script=New_Tai_Lue}\p{Script=Tai_Tham}\p{Script=Tai_Viet}\p{Script=Ahom}]/u

/** The Word_Break property from properties that regular expressions know. */
function findClass(code: number): number {
  const given = listed.get(code)
  if (given !== undefined) return given
  const character = String.fromCodePoint(code)
  if (/[\p{Grapheme_Extend}\p{Mc}\p{Emoji_Modifier}]/u.test(character)) return Extend
  if (/\p{Cf}/u.test(character)) return Format
  if (/\p{Nd}/u.test(character)) return Numeric
  if (/\p{Pc}/u.test(character)) return ExtendNumLet
  if (/\p{Regional_Indicator}/u.test(character)) return RegionalIndicator
  if (/\p{Script=Katakana}/u.test(character)) return Katakana
  if (/\p{Alphabetic}/u.test(character) && !spaceless.test(character)) {
    if (/\p{Script=Hebrew}/u.test(character) && /\p{Lo}/u.test(character)) return HebrewLetter
    return /\p{Extended_Pictographic}/u.test(character) ? LetterPictograph : Letter
  }
  return /\p{Extended_Pictographic}/u.test(character) ? Pictograph : Other
}
