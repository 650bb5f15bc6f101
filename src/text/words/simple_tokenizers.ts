import { isAlphanumericAt, isSpace } from '../python.ts'

// "a\u00a0b c" → ["a", "b", "c"]
/** Runs of anything but white space: Python's `str.split()`. */
export const tokenizeAtSpaces = (text: string): Int32Array => runsBetween(text, isSpace, () => true)

// "a\u00a0b -c d" → ["a\u00a0b", "d"]
/** Runs of anything but ASCII white space and NUL, as fastText reads words, that begin with a letter or digit: DCLM's word count. */
export const tokenizeFastText = (text: string): Int32Array => runsBetween(text, isFastTextSpace, (start) => isAlphanumericAt(text, start))

const isFastTextSpace = (code: number): boolean => code === 32 || (code >= 9 && code <= 13) || code === 0

function runsBetween(text: string, isBetween: (code: number) => boolean, isWordAt: (start: number) => boolean): Int32Array {
  const tokens: number[] = []
  for (let at = 0; at < text.length; ) {
    while (at < text.length && isBetween(text.charCodeAt(at))) at++
    const start = at
    while (at < text.length && !isBetween(text.charCodeAt(at))) at++
    if (at > start && isWordAt(start)) tokens.push(start, at)
  }
  return Int32Array.from(tokens)
}

// "can't stop..." → ["can", "'", "t", "stop", "..."]
/** NLTK's WordPunctTokenizer: runs of word characters (Python's `\w`) and runs of what is neither a word character nor white space. */
export function tokenizeWordPunct(text: string): Int32Array {
  const tokens: number[] = []
  let start = 0
  let kind: CharacterKind = 'space'
  for (let at = 0; at < text.length; ) {
    const found = kindAt(text, at)
    if (found !== kind) {
      if (kind !== 'space') tokens.push(start, at)
      start = at
      kind = found
    }
    at += text.codePointAt(at)! > 0xffff ? 2 : 1
  }
  if (kind !== 'space') tokens.push(start, text.length)
  return Int32Array.from(tokens)
}

type CharacterKind = 'space' | 'word' | 'mark'

function kindAt(text: string, at: number): CharacterKind {
  const unit = text.charCodeAt(at)
  if (isSpace(unit)) return 'space'
  return unit === 95 || isAlphanumericAt(text, at) ? 'word' : 'mark'
}
