import { commonSymbols } from './character_sets.ts'
import { isSpace } from './python.ts'

const copy = 0
/** White space or punctuation. */
const gap = 1
const digit = 2
/** A combining mark that goes. */
const mark = 3
/** Decomposes into other characters. */
const composed = 4
/** Half of a character above U+FFFF. */
const surrogate = 5

const kinds = new Uint8Array(0x10000)
for (let code = 0; code < 0x10000; code++) kinds[code] = kindOf(code)

function kindOf(code: number): number {
  if ((code & 0xf800) === 0xd800 && code <= 0xffff) return surrogate
  const character = String.fromCodePoint(code)
  // Before symbols: "１" is among them.
  if (/\p{Nd}/u.test(character)) return digit
  if (isSpace(code) || commonSymbols.has(code)) return gap
  if (/\p{Mn}/u.test(character)) return mark
  return character.normalize('NFD') === character ? copy : composed
}

const bases = new Map<number, string>()

/** The characters that one is composed of, without combining marks. */
function basesOf(code: number): string {
  let base = bases.get(code)
  if (base === undefined) {
    base = String.fromCodePoint(code)
      .normalize('NFD')
      .replace(/\p{Mn}+/gu, '')
    bases.set(code, base)
  }
  return base
}

const decimalMarks = new Set([...'.,،٫⎖⎗⎘'].map((character) => character.charCodeAt(0)))

let units = new Uint16Array(1 << 15)
let out = new Uint16Array(1 << 16)

// "It didn't cost $1,234.50 in São  Paulo!" → "it didn t cost 0 0 in sao paulo"
/**
 * A text as datatrove compares it (0.10, `utils/text.py`: simplify_text): lower case, each number as 0, a space for every punctuation mark and
 * every run of white space, no combining marks.
 */
export function simplify(text: string): string {
  const lower = text.toLowerCase()
  if (units.length < lower.length) units = new Uint16Array(2 * lower.length)
  Buffer.from(units.buffer).write(lower, 'utf16le')
  if (out.length < lower.length + 8) out = new Uint16Array(2 * lower.length + 8)
  let size = 0
  let isGap = true
  for (let at = 0; at < lower.length; ) {
    let code = units[at]!
    let kind = kinds[code]!
    let width = 1
    if (kind === surrogate) {
      code = lower.codePointAt(at)!
      if (code > 0xffff) {
        width = 2
        kind = kindOf(code)
      } else kind = copy
    }
    if (kind === gap) {
      if (!isGap) size = put(32, size)
      isGap = true
    } else {
      isGap = false
      if (kind === digit) {
        at = numberEnd(lower, at)
        size = put(48, size)
        continue
      }
      if (kind === copy) for (let i = 0; i < width; i++) size = put(units[at + i]!, size)
      else if (kind === composed) for (const character of basesOf(code)) for (const unit of unitsOf(character)) size = put(unit, size)
    }
    at += width
  }
  let start = 0
  while (start < size && out[start] === 32) start++
  while (size > start && out[size - 1] === 32) size--
  return Buffer.from(out.buffer, 2 * start, 2 * (size - start)).toString('utf16le')
}

function put(unit: number, size: number): number {
  if (size === out.length) {
    const larger = new Uint16Array(2 * out.length)
    larger.set(out)
    out = larger
  }
  out[size] = unit
  return size + 1
}

const unitsOf = (character: string): number[] => Array.from({ length: character.length }, (_, i) => character.charCodeAt(i))

/** Behind the digits that begin here, and behind one decimal mark with digits after it. */
function numberEnd(text: string, at: number): number {
  const end = digitsEnd(text, at)
  return end < text.length && decimalMarks.has(text.charCodeAt(end)) ? Math.max(end, digitsEnd(text, end + 1, end)) : end
}

/** Behind the digits that begin at `at`; `none` when there are none. */
function digitsEnd(text: string, at: number, none = at): number {
  const start = at
  while (at < text.length) {
    let width = 1
    let kind = kinds[text.charCodeAt(at)]!
    if (kind === surrogate) {
      const code = text.codePointAt(at)!
      if (code > 0xffff) {
        width = 2
        kind = kindOf(code)
      }
    }
    if (kind !== digit) break
    at += width
  }
  return at === start ? none : at
}
