import { addedIn17 } from './unicode.ts'

/** Unicode's White_Space, which is what `\s` means in Oniguruma and in Rust: unlike JavaScript's, without U+FEFF and with U+0085. */
export const whiteSpace = '\\p{White_Space}'

/** `\w` in Rust's regex crate. */
export const rustWord = `[[\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\u200c\\u200d]--[${addedIn17}]]`

/** `\w` in Oniguruma's classes, and outside of them, where its table for Latin-1 has a few digits and fractions more. */
const word = `[[\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}]--[${addedIn17}]]`
const wordOutside = `${word}\\xb2\\xb3\\xb9\\xbc-\\xbe`

/** What goes into a class for an escape of Oniguruma (doc/RE); longer than two characters each. */
export const classes: Readonly<Record<string, string>> = {
  s: whiteSpace,
  S: `[^${whiteSpace}]`,
  d: '\\p{Nd}',
  D: '\\P{Nd}',
  w: word,
  W: `[^${word}]`,
  h: '0-9a-fA-F',
  H: '[^0-9a-fA-F]',
  N: '[^\\n]',
  O: '[^]',
}
export const classesOutside: typeof classes = { ...classes, w: wordOutside, W: `[^${wordOutside}]` }

/** What an escape of no width, or of a line break, stands for. */
export function boundary(letter: string): string | undefined {
  const inside = `[${wordOutside}]`
  const known: Record<string, string> = {
    b: `(?:(?<=${inside})(?!${inside})|(?<!${inside})(?=${inside}))`,
    B: `(?:(?<=${inside})(?=${inside})|(?<!${inside})(?!${inside}))`,
    A: '(?<![^])',
    z: '(?![^])',
    Z: '(?=\\n?(?![^]))',
    R: '(?:\\r\\n|(?!\\r\\n)[\\n-\\r\\x85\\u2028\\u2029])',
  }
  return known[letter]
}

/** Classes that go by POSIX's names, in Oniguruma's reading for Unicode. */
const posix: Readonly<Record<string, string>> = {
  alnum: '\\p{Alphabetic}\\p{Nd}',
  alpha: '\\p{Alphabetic}',
  ascii: '\\x00-\\x7f',
  any: '[^]',
  blank: '\\p{Zs}\\t',
  cntrl: '\\p{Cc}',
  digit: '\\p{Nd}',
  graph: `[^${whiteSpace}\\p{Cc}\\p{Cn}\\p{Cs}]`,
  lower: '\\p{Lowercase}',
  print: '[^\\p{Cc}\\p{Cn}\\p{Cs}\\u2028\\u2029]',
  punct: '\\p{P}',
  space: whiteSpace,
  upper: '\\p{Uppercase}',
  word,
  xdigit: '0-9a-fA-F',
}

/** `\p{name}` or `[:name:]` as what goes into a class. Oniguruma takes scripts without saying so, and names in any spelling. */
export function property(name: string, negated: boolean, isPosix = false): string {
  const isNegated = negated !== name.startsWith('^')
  const bare = name.replace(/^\^/, '')
  const plain = bare.toLowerCase().replaceAll(/[ _-]/g, '')
  const known = posix[plain]
  // among brackets, symbols are punctuation as well
  if (known !== undefined) return classOf(isPosix && plain === 'punct' ? `${known}\\p{S}` : known, isNegated)
  const titled = bare
    .toLowerCase()
    .split(/[ _-]/)
    .map((part) => part.slice(0, 1).toUpperCase() + part.slice(1))
    .join('_')
  for (const spelling of [bare, titled, plain, bare.toUpperCase(), `Script=${bare}`, `Script=${titled}`]) {
    if (isProperty(spelling)) return classOf(`[\\p{${spelling}}--[${addedIn17}]]`, isNegated)
  }
  throw new SyntaxError(`\\p{${name}} is not known`)
}

const classOf = (inner: string, negated: boolean): string => (negated ? `[^${inner}]` : inner)

function isProperty(spelling: string): boolean {
  try {
    return new RegExp(`\\p{${spelling}}`, 'v').source !== ''
  } catch {
    return false
  }
}

/** A character and those that are the same where case does not count. */
export function variants(character: string): string[] {
  const lower = character.toLowerCase()
  const more: Record<string, string[]> = { s: ['ſ'], k: ['\u212a'], å: ['\u212b'] }
  const all = [character, lower, character.toUpperCase(), ...(more[lower] ?? [])]
  return [...new Set(all)].filter((variant) => [...variant].length === 1)
}

export const escapeInClass = (character: string): string => character.replace(/[!#$%&()*+,\-./:;<=>?@[\\\]^`{|}~]/, '\\$&')
export const escapeOutside = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
