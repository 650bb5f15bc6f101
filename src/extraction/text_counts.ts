/** Numbers that `countCharacters` finds. */
export const countsPerText = 8

/** Words, stops, commas, digits, capitals, words that begin in lower case, and characters of dense scripts, written to `out` at `at`. */
export function countCharacters(text: string, out: Float32Array, at: number): void {
  let [words, stops, commas, digits, upper, lower, dense, marks] = [0, 0, 0, 0, 0, 0, 0, 0]
  let inWord = false
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < 128) {
      if (code >= 97 && code <= 122) {
        if (!inWord) {
          words++
          lower++
        }
        inWord = true
      } else if (code >= 65 && code <= 90) {
        if (!inWord) words++
        upper++
        inWord = true
      } else if (code >= 48 && code <= 57) {
        if (!inWord) words++
        digits++
        inWord = true
      } else {
        if (code !== 39) inWord = false
        if (code === 46 || code === 33 || code === 63) stops++
        else if (code === 44 || code === 59 || code === 58) commas++
        else if (code === 124 || code === 64 || code === 62 || code === 35 || code === 42) marks++
      }
    } else if ((code >= 0x3040 && code < 0xa000) || (code >= 0xac00 && code < 0xd7b0) || (code >= 0x0e00 && code < 0x0f00)) {
      dense++
      inWord = false
    } else if (isStop(code)) {
      stops++
      inWord = false
    } else if (code === 0x3001 || code === 0xff0c || code === 0x060c || code === 0xff1b) {
      commas++
      inWord = false
    } else if ((code >= 0xc0 && code < 0x2000) || code >= 0x2c00) {
      if (!inWord) {
        words++
        lower++
      }
      inWord = true
    } else {
      inWord = false
      // © « · » • › → and other marks of layout.
      if (code === 0xa9 || code === 0xab || code === 0xb7 || code === 0xbb || code === 0x2022 || (code >= 0x2039 && code < 0x2c00)) marks++
    }
  }
  out[at] = words + (dense >> 1) || 1
  out[at + 1] = stops
  out[at + 2] = commas
  out[at + 3] = digits
  out[at + 4] = upper
  out[at + 5] = lower
  out[at + 6] = dense
  out[at + 7] = marks
}

const isStop = (code: number): boolean =>
  code === 46 ||
  code === 33 ||
  code === 63 ||
  (code >= 0x3001 && (code === 0x3002 || code === 0xff01 || code === 0xff1f)) ||
  (code > 126 && (code === 0x2026 || code === 0x061f || code === 0x06d4 || code === 0x0964 || code === 0x0965 || code === 0x1362))

/** 3 where the text seems cut off, 2 where a sentence seems to end with the text, 1 for a colon, 0 otherwise. */
export function endMark(text: string): number {
  if (text.endsWith('…') || text.endsWith('...') || text.endsWith('[…]') || text.endsWith('[...]')) return 3
  for (let i = text.length - 1; i >= 0 && i >= text.length - 3; i--) {
    const code = text.charCodeAt(i)
    if (isStop(code)) return 2
    if (code === 58 || code === 0xff1a) return 1
  }
  return 0
}

/** Where in a short text a colon stands that may end a label ("Price: 5"), as a share of its length. */
export function labelEnd(text: string): number {
  if (text.length > 120) return 0
  const at = text.indexOf(':')
  return at < 0 ? 0 : (at + 1) / text.length
}

export function lineCount(text: string): number {
  let lines = 0
  for (let at = text.indexOf('\n'); at >= 0 && lines < 20; at = text.indexOf('\n', at + 1)) lines++
  return lines
}
