import { isAlphanumericAt } from '../python.ts'

/**
 * How often RedPajama-V2's pattern for sentences, `\b[^.!?]+[.!?]*`, is found: each runs from the edge of a word to the next of the marks
 * . ! ? and takes those that follow along.
 */
export function countMarkedSentences(text: string): number {
  let sentences = 0
  let inWord = false
  for (let at = 0; at < text.length; ) {
    const word = isWordAt(text, at)
    if (word === inWord || isMark(text.charCodeAt(at))) {
      inWord = word
      at += text.codePointAt(at)! > 0xffff ? 2 : 1
      continue
    }
    sentences++
    while (at < text.length && !isMark(text.charCodeAt(at))) at++
    while (at < text.length && isMark(text.charCodeAt(at))) at++
    inWord = false
  }
  return sentences
}

const isMark = (unit: number): boolean => unit === 46 || unit === 33 || unit === 63
/** Python's `\w`. */
const isWordAt = (text: string, at: number): boolean => text.charCodeAt(at) === 95 || isAlphanumericAt(text, at)
