/** Unicode's White_Space, which is what `\s` means in Oniguruma: unlike JavaScript's, without U+FEFF and with U+0085. */
const whiteSpace = '\\t-\\r \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000'

const bothCases = (letter: string): string => {
  const lower = letter.toLowerCase()
  const more: Record<string, string> = { s: 'ſ', k: '\u212a' }
  return `${lower}${lower.toUpperCase()}${more[lower] ?? ''}`
}

/**
 * A pattern of Oniguruma as a JavaScript one, global and in Unicode mode. `(?i:…)`, which Node 20 lacks, becomes classes of both cases.
 * Throws a SyntaxError for what JavaScript does not know.
 */
export function oniguruma(pattern: string): RegExp {
  let written = ''
  let inClass = false
  /** Whether case counts, of each open group. */
  const groups: boolean[] = []
  const ignoresCase = (): boolean => groups.at(-1) ?? false
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at]!
    if (character === '\\') {
      const escaped = pattern[++at] ?? ''
      written += escapedAs(escaped, inClass)
    } else if (inClass) {
      if (character === ']') inClass = false
      written += ignoresCase() && /[a-z]/i.test(character) ? bothCases(character) : character === '[' ? '\\[' : character
    } else if (character === '[') {
      inClass = true
      written += character
    } else if (pattern.startsWith('(?i:', at)) {
      groups.push(true)
      written += '(?:'
      at += 3
    } else if (character === '(') {
      groups.push(ignoresCase())
      written += character
    } else if (character === ')') {
      groups.pop()
      written += character
    } else written += ignoresCase() && /[a-z]/i.test(character) ? `[${bothCases(character)}]` : character
  }
  return new RegExp(written, 'gu')
}

function escapedAs(escaped: string, inClass: boolean): string {
  if (escaped === 's') return inClass ? whiteSpace : `[${whiteSpace}]`
  if (escaped === 'S' && !inClass) return `[^${whiteSpace}]`
  if (escaped === 'd') return '\\p{Nd}'
  // in Unicode mode, only what means something may be escaped
  return /[\^$\\.*+?()[\]{}|/\-pPnrtfvux0bBwWdDS1-9k]/.test(escaped) ? `\\${escaped}` : escaped
}
