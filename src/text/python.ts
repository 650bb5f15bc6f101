/**
 * Text as Python sees it, where a reference implementation is Python: what is white space, where lines end, what `strip` takes away.
 * JavaScript differs: it lacks U+001C–1F and U+0085 as white space, has U+FEFF, and knows "\n" only as a line end.
 */

const spaces = '\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000'

/** Source of a character class that matches what `str.isspace` does, for use inside `[…]`. */
export const pythonSpace: string = spaces

const spaceTable = new Uint8Array(0x3001)
const aSpace = new RegExp(`[${spaces}]`)
for (let code = 0; code < spaceTable.length; code++) spaceTable[code] = aSpace.test(String.fromCharCode(code)) ? 1 : 0

/** `str.isspace` of one UTF-16 unit. */
export const isSpace = (code: number): boolean => code <= 0x3000 && spaceTable[code] === 1

/** `str.strip()`. */
export function strip(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isSpace(text.charCodeAt(start))) start++
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--
  return start === 0 && end === text.length ? text : text.slice(start, end)
}

/** `str.lstrip()`. */
export function stripStart(text: string): string {
  let start = 0
  while (start < text.length && isSpace(text.charCodeAt(start))) start++
  return text.slice(start)
}

/** `str.rstrip()`. */
export function stripEnd(text: string): string {
  let end = text.length
  while (end > 0 && isSpace(text.charCodeAt(end - 1))) end--
  return text.slice(0, end)
}

const lineEnd = /\r\n|[\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029]/g
const otherLineEnd = /[\r\v\f\x1c\x1d\x1e\x85\u2028\u2029]/

// "a\r\nb\n" → ["a", "b"]: a line end at the very end begins no further line.
/** `str.splitlines()`. */
export function splitLines(text: string): string[] {
  const lines = text.split(otherLineEnd.test(text) ? lineEnd : '\n')
  if (lines.at(-1) === '') lines.pop()
  return lines
}

/** `str.split()`: runs of anything but white space. */
export const splitWords = (text: string): string[] => text.match(wordRun) ?? []
const wordRun = new RegExp(`[^${spaces}]+`, 'g')

const alphanumeric = /[\p{L}\p{N}]/u
const alphanumericTable = new Uint8Array(0x10000)
for (let code = 0; code < 0x10000; code++) if (alphanumeric.test(String.fromCharCode(code))) alphanumericTable[code] = 1

/** `str.isalnum` of the character at an offset. */
export function isAlphanumericAt(text: string, at: number): boolean {
  const unit = text.charCodeAt(at)
  if ((unit & 0xfc00) !== 0xd800) return alphanumericTable[unit] === 1
  return alphanumeric.test(String.fromCodePoint(text.codePointAt(at)!))
}
