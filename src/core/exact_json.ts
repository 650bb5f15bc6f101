/** How deep a record may be nested: far deeper than data is, and far from what recursion can bear. */
const maxDepth = 256

/**
 * JSON.parse, but for numbers that a JavaScript number cannot hold: integers become text with all their digits, as 64-bit integers of Parquet
 * do, and so do numbers beyond 1.8e308; NaN and Infinity, as Python writes them, are no value. Throws a SyntaxError for what is no JSON, or
 * nested too deeply.
 */
export function parseExactly(text: string): unknown {
  if (isDeep(text)) throw new SyntaxError(`nested deeper than ${maxDepth} levels`)
  const exact = withExactNumbers(text)
  try {
    return JSON.parse(exact)
  } catch (error) {
    const known = withoutNaN(exact)
    if (known === exact) throw error
    return JSON.parse(known)
  }
}

/** Strings are matched first, so that digits inside them stay. */
const withExactNumbers = (text: string): string =>
  /\d{16}|\d[eE]\+?\d{3}/.test(text)
    ? text.replace(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g, (token) => (isHeld(token) ? token : `"${token}"`))
    : text

/** Whether a token of JSON is no number, or one that keeps its value as a JavaScript number. */
const isHeld = (token: string): boolean =>
  token.startsWith('"') || (/^-?\d{16,}$/.test(token) ? Number.isSafeInteger(Number(token)) : Number.isFinite(Number(token)))

/** JSON as Python writes it, with null for NaN and Infinity: values that nobody measured. */
export const withoutNaN = (text: string): string =>
  /\b(?:NaN|Infinity)\b/.test(text)
    ? text.replace(/"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g, (token) => (token.startsWith('"') ? token : 'null'))
    : text

/** Whether brackets outside of strings are nested too deeply; looked at only where there are enough of them. */
function isDeep(text: string): boolean {
  if (!hasManyBrackets(text)) return false
  let depth = 0
  let isString = false
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (isString) {
      if (code === 0x5c) i++
      else if (code === 0x22) isString = false
    } else if (code === 0x22) isString = true
    else if (code === 0x5b || code === 0x7b) {
      if (++depth > maxDepth) return true
    } else if (code === 0x5d || code === 0x7d) depth--
  }
  return false
}

function hasManyBrackets(text: string): boolean {
  let found = 0
  for (const bracket of ['[', '{']) {
    for (let at = text.indexOf(bracket); at >= 0; at = text.indexOf(bracket, at + 1)) if (++found > maxDepth) return true
  }
  return false
}
