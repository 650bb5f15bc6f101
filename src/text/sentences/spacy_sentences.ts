import { sentenceMarks } from '../words/spacy_data.ts'

/**
 * Number of sentences that spaCy's rule-based sentencizer finds in `text` between `from` and `to`, given the tokens in that stretch.
 * After a token that is a sentence mark, the next one that is neither a mark nor all punctuation begins a sentence; white space beyond the
 * one space that follows a token counts as a token. Even an empty text is one sentence.
 */
export function countEnglishSentences(text: string, tokens: Int32Array, first: number, last: number, from: number, to: number): number {
  let sentences = 1
  let ended = false
  let at = from
  for (let i = first; i < last; i++) {
    const start = tokens[2 * i]!
    const end = tokens[2 * i + 1]!
    if (ended && hasSpaceToken(text, at, start, at > from)) {
      sentences++
      ended = false
    }
    if (end - start <= 2 && sentenceMarks.has(text.codePointAt(start)!) && isOneCodePoint(text, start, end)) ended = true
    else if (ended && !isPunctuation(text, start, end)) {
      sentences++
      ended = false
    }
    at = end
  }
  if (ended && hasSpaceToken(text, at, to, at > from)) sentences++
  return sentences
}

/** A space right after a token belongs to it; any white space beyond that is a token of its own. */
const hasSpaceToken = (text: string, at: number, next: number, afterToken: boolean): boolean =>
  next - at > (afterToken && text.charCodeAt(at) === 32 ? 1 : 0)

const isOneCodePoint = (text: string, start: number, end: number): boolean =>
  end - start === 1 || (end - start === 2 && text.codePointAt(start)! > 0xffff)

const punctuationOnly = /^\p{P}*$/u

function isPunctuation(text: string, start: number, end: number): boolean {
  const code = text.charCodeAt(start)
  if ((code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57)) return false
  return punctuationOnly.test(text.slice(start, end))
}
