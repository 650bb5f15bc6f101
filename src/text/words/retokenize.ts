import { isSpace } from '../python.ts'

/** Lines that are not found before it is cheaper to cut the whole text again. */
const mostMisses = 16

/**
 * Words of an edited text, taken over from the text that it was edited from wherever a line stands there too, in the same order. Only for ways
 * to cut that look at nothing beyond a line. Offsets as `cut` gives them.
 */
export function retokenize(text: string, cut: (text: string) => Int32Array, earlier: { text: string; offsets: Int32Array }): Int32Array {
  const tokens: number[] = []
  let cursor = 0
  let token = 0
  let misses = 0
  for (let from = 0; from <= text.length; ) {
    const newline = text.indexOf('\n', from)
    const to = newline < 0 ? text.length : newline
    const line = text.slice(from, to)
    const at = line === '' ? -1 : findLine(earlier.text, line, cursor)
    if (at >= 0) {
      const end = at + line.length
      while (token < earlier.offsets.length && earlier.offsets[token]! < at) token += 2
      for (; token < earlier.offsets.length && earlier.offsets[token]! < end; token += 2) {
        tokens.push(earlier.offsets[token]! - at + from, earlier.offsets[token + 1]! - at + from)
      }
      cursor = end
    } else if (line !== '') {
      if (++misses > mostMisses) return cut(text)
      for (const offset of cut(line)) tokens.push(offset + from)
    }
    from = to + 1
  }
  return Int32Array.from(tokens)
}

/** Where, from `cursor` on, a line stands with nothing but white space beside it; -1 when nowhere nearby. */
function findLine(text: string, line: string, cursor: number): number {
  for (let tries = 0, at = text.indexOf(line, cursor); at >= 0 && tries < 4; tries++, at = text.indexOf(line, at + 1)) {
    if (isBlankBack(text, at, cursor) && isBlankOn(text, at + line.length)) return at
  }
  return -1
}

const isLineEnd = (code: number): boolean =>
  (code >= 10 && code <= 13) || (code >= 0x1c && code <= 0x1e) || code === 0x85 || code === 0x2028 || code === 0x2029

function isBlankBack(text: string, at: number, start: number): boolean {
  while (at > start && isSpace(text.charCodeAt(at - 1))) if (isLineEnd(text.charCodeAt(--at))) return true
  return at === 0
}

function isBlankOn(text: string, at: number): boolean {
  while (at < text.length && isSpace(text.charCodeAt(at))) if (isLineEnd(text.charCodeAt(at++))) return true
  return at === text.length
}
