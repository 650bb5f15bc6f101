/**
 * Where the piece that begins at byte `start` of a UTF-8 text of `length` bytes ends. Byte pairs are merged within pieces only.
 * `bytes` may be longer than the text.
 */
export type PieceEnd = (bytes: Uint8Array, length: number, start: number) => number

const space = 0x20
const apostrophe = 0x27
const slash = 0x2f

// kinds of characters
const other = 0
const letter = 1
const number = 2
const whiteSpace = 3

// cases of letters and marks, which may be both
const upper = 1
const lower = 2

/** GPT-2: `'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+` */
export const gpt2PieceEnd: PieceEnd = (bytes, length, start) => {
  const contraction = contractionEnd(bytes, length, start, 0)
  if (contraction !== -1) return contraction
  const first = bytes[start] === space && start + 1 < length ? start + 1 : start
  const kind = kindAt(bytes, first)
  return kind === whiteSpace ? whiteSpaceEnd(bytes, length, start) : runEnd(bytes, length, first, kind)
}

/**
 * GPT-4, as tiktoken 0.14 writes it:
 * `'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s+$|\s*[\r\n]|\s+(?!\S)|\s`
 */
export const cl100kPieceEnd: PieceEnd = (bytes, length, start) => {
  const contraction = contractionEnd(bytes, length, start, 0x20)
  if (contraction !== -1) return contraction
  const kind = kindAt(bytes, start)
  const next = start + characterLength(bytes[start]!)
  if (kind === letter) return runEnd(bytes, length, next, letter)
  if (kind === number) return numberEnd(bytes, length, next)
  if (!isLineBreak(bytes[start]!) && next < length && kindAt(bytes, next) === letter) return runEnd(bytes, length, next, letter)
  const first = bytes[start] === space && next < length ? next : start
  if (kindAt(bytes, first) === other) return lineBreaksEnd(bytes, length, runEnd(bytes, length, first, other))
  return lastLineBreakEnd(bytes, length, start) ?? whiteSpaceEnd(bytes, length, start)
}

/**
 * GPT-4o, as tiktoken writes it; U is `[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]`, L is `[\p{Ll}\p{Lm}\p{Lo}\p{M}]` and C is `(?i:'s|'t|'re|'ve|'m|'ll|'d)?`:
 * `[^\r\n\p{L}\p{N}]?U*L+C|[^\r\n\p{L}\p{N}]?U+L*C|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+`
 */
export const o200kPieceEnd: PieceEnd = (bytes, length, start) => {
  const kind = kindAt(bytes, start)
  const next = start + characterLength(bytes[start]!)
  const mayGoBefore = kind !== letter && kind !== number && !isLineBreak(bytes[start]!)
  let end = mayGoBefore ? capitalisedEnd(bytes, length, next) : -1
  if (end === -1) end = capitalisedEnd(bytes, length, start)
  if (end === -1 && mayGoBefore) end = upperEnd(bytes, length, next)
  if (end === -1) end = upperEnd(bytes, length, start)
  if (end !== -1) {
    const contraction = contractionEnd(bytes, length, end, 0x20)
    return contraction === -1 ? end : contraction
  }
  if (kind === number) return numberEnd(bytes, length, next)
  const first = bytes[start] === space && next < length ? next : start
  if (kindAt(bytes, first) === other) {
    let at = runEnd(bytes, length, first, other)
    while (at < length && (isLineBreak(bytes[at]!) || bytes[at] === slash)) at++
    return at
  }
  return lastLineBreakEnd(bytes, length, start, true) ?? whiteSpaceEnd(bytes, length, start)
}

/** End of `U*L+` from `at` on, or -1. */
function capitalisedEnd(bytes: Uint8Array, length: number, at: number): number {
  let afterBoth = -1
  let caseOf = 0
  for (; at < length; at += characterLength(bytes[at]!)) {
    caseOf = caseAt(bytes, at)
    if (!(caseOf & upper)) break
    if (caseOf & lower) afterBoth = at + characterLength(bytes[at]!)
  }
  if (at === length || !(caseOf & lower)) return afterBoth
  while (at < length && caseAt(bytes, at) & lower) at += characterLength(bytes[at]!)
  return at
}

/** End of `U+L*` where `U*L+` is not found, or -1. */
function upperEnd(bytes: Uint8Array, length: number, start: number): number {
  let at = start
  while (at < length && caseAt(bytes, at) & upper) at += characterLength(bytes[at]!)
  return at === start ? -1 : at
}

const contractions = ['s', 'd', 'm', 't', 'll', 've', 're'].map((letters) => new TextEncoder().encode(letters))

/** End of `'s`, `'ll` and the like, or -1. `caseBit` 0x20 takes capitals as well. */
function contractionEnd(bytes: Uint8Array, length: number, start: number, caseBit: 0 | 0x20): number {
  if (bytes[start] !== apostrophe) return -1
  const first = start + 1
  for (const letters of contractions) {
    if (first + letters.length <= length && letters.every((byte, i) => (bytes[first + i]! | caseBit) === byte))
      return first + letters.length
  }
  // "ſ" is an "s" where case does not count
  return caseBit && first + 2 <= length && bytes[first] === 0xc5 && bytes[first + 1] === 0xbf ? first + 2 : -1
}

/** End of a run of white space; when text follows, all but its last character, which goes with the text. */
function whiteSpaceEnd(bytes: Uint8Array, length: number, start: number): number {
  const end = runEnd(bytes, length, start, whiteSpace)
  if (end === length) return end
  let last = end - 1
  while (isContinuation(bytes[last]!)) last--
  return last > start ? last : end
}

/** End of the last line break in a run of white space that has one and, unless said otherwise, does not end the text. */
function lastLineBreakEnd(bytes: Uint8Array, length: number, start: number, atEnd = false): number | undefined {
  const end = runEnd(bytes, length, start, whiteSpace)
  if (end === length && !atEnd) return undefined
  for (let i = end; i > start; i--) if (isLineBreak(bytes[i - 1]!)) return i
  return undefined
}

/** At most two more digits. */
function numberEnd(bytes: Uint8Array, length: number, at: number): number {
  for (let digits = 1; digits < 3 && at < length && kindAt(bytes, at) === number; digits++) at += characterLength(bytes[at]!)
  return at
}

function lineBreaksEnd(bytes: Uint8Array, length: number, at: number): number {
  while (at < length && isLineBreak(bytes[at]!)) at++
  return at
}

/** Where characters of this kind end, from `at` on. */
function runEnd(bytes: Uint8Array, length: number, at: number, kind: number): number {
  while (at < length && kindAt(bytes, at) === kind) at += characterLength(bytes[at]!)
  return at
}

const isLineBreak = (byte: number): boolean => byte === 0x0a || byte === 0x0d
const isContinuation = (byte: number): boolean => (byte & 0xc0) === 0x80
const characterLength = (lead: number): number => (lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4)

/** Cases of the 256 code points of each block, made when the first of them is met. */
const caseBlocks: Uint8Array[] = []
const asciiCases = casesOfBlock(0)

function caseAt(bytes: Uint8Array, at: number): number {
  const lead = bytes[at]!
  if (lead < 0x80) return asciiCases[lead]!
  const codePoint = codePointAt(bytes, at, lead)
  caseBlocks[codePoint >> 8] ??= casesOfBlock(codePoint >> 8)
  return caseBlocks[codePoint >> 8]![codePoint & 0xff]!
}

function casesOfBlock(block: number): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, i) => {
    const character = String.fromCodePoint(block * 256 + i)
    if (/[\p{Lm}\p{Lo}\p{M}]/u.test(character)) return upper | lower
    if (/[\p{Lu}\p{Lt}]/u.test(character)) return upper
    return /\p{Ll}/u.test(character) ? lower : 0
  })
}

/** Kinds of the 256 code points of each block, made when the first of them is met. */
const blocks: Uint8Array[] = []
const ascii = kindsOfBlock(0)

/** Kind of the character that begins at byte `at`. */
function kindAt(bytes: Uint8Array, at: number): number {
  const lead = bytes[at]!
  if (lead < 0x80) return ascii[lead]!
  const codePoint = codePointAt(bytes, at, lead)
  blocks[codePoint >> 8] ??= kindsOfBlock(codePoint >> 8)
  return blocks[codePoint >> 8]![codePoint & 0xff]!
}

function codePointAt(bytes: Uint8Array, at: number, lead: number): number {
  const next = (i: number): number => bytes[at + i]! & 0x3f
  if (lead < 0xe0) return ((lead & 0x1f) << 6) | next(1)
  if (lead < 0xf0) return ((lead & 0x0f) << 12) | (next(1) << 6) | next(2)
  return ((lead & 0x07) << 18) | (next(1) << 12) | (next(2) << 6) | next(3)
}

function kindsOfBlock(block: number): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, i) => {
    const character = String.fromCodePoint(block * 256 + i)
    if (/\p{L}/u.test(character)) return letter
    if (/\p{N}/u.test(character)) return number
    // unlike \s, without U+FEFF and with U+0085
    return /\p{White_Space}/u.test(character) ? whiteSpace : other
  })
}
