import { z } from 'zod'
import { tokenizeEnglish } from './english_tokenizer.ts'
import { spaceNltkWords } from './nltk_words.ts'
import { isSpace } from './python.ts'

/** Words as stretches of a text: start and end offset (UTF-16 units) of each, one after the other. */
export interface Tokens {
  /** What was cut, or what the tokenizer has made of it: NLTK turns `"` into ``` `` ``` or `''`. */
  text: string
  offsets: Int32Array
}

/** Cuts a text into words. */
export type Tokenizer = (text: string) => Tokens

export const tokenizers = {
  spacy_english: (text) => ({ text, offsets: tokenizeEnglish(text) }),
  nltk_english: (text) => tokenizeAtSpaces(spaceNltkWords(text)),
  whitespace: tokenizeAtSpaces,
} satisfies Record<string, Tokenizer>

export type TokenizerName = keyof typeof tokenizers

/** The `tokenizer` option of every rule that counts words. */
export const tokenizerOption = z
  .enum(Object.keys(tokenizers) as [TokenizerName, ...TokenizerName[]])
  .default('spacy_english')
  .describe(
    'what counts as a word: spacy_english (punctuation marks are words of their own, as in datatrove today), nltk_english (much the same by other rules, as in FineWeb 1.0), whitespace',
  )

function tokenizeAtSpaces(text: string): Tokens {
  const tokens: number[] = []
  for (let at = 0; at < text.length; ) {
    while (at < text.length && isSpace(text.charCodeAt(at))) at++
    const start = at
    while (at < text.length && !isSpace(text.charCodeAt(at))) at++
    if (at > start) tokens.push(start, at)
  }
  return { text, offsets: Int32Array.from(tokens) }
}
