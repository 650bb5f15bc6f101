import { z } from 'zod'
import { tokenizeByDictionary } from './dictionary_words.ts'
import { spaceNltkWords } from './nltk_words.ts'
import { isSpace } from './python.ts'
import { tokenizeCommon, tokenizeEnglish, tokenizeFrench, tokenizeGerman } from './spacy_tokenizer.ts'

/** Words as stretches of a text: start and end offset (UTF-16 units) of each, one after the other. */
export interface Tokens {
  /** What was cut, or what the tokenizer has made of it: NLTK turns `"` into ``` `` ``` or `''`. */
  text: string
  offsets: Int32Array
}

/** Cuts a text into words. */
export type Tokenizer = (text: string) => Tokens

const inPlace =
  (cut: (text: string) => Int32Array): Tokenizer =>
  (text) => ({ text, offsets: cut(text) })

/** Each with what it does, for the description of the option. */
const table = {
  spacy_english: [inPlace(tokenizeEnglish), 'punctuation marks are words of their own, as in datatrove today'],
  nltk_english: [(text: string) => tokenizeAtSpaces(spaceNltkWords(text)), 'much the same by other rules, as in FineWeb 1.0'],
  common: [inPlace(tokenizeCommon), "spacy_english without English's contractions and abbreviations, for languages with spaces"],
  french: [inPlace(tokenizeFrench), 'common, and cut after an apostrophe'],
  german: [inPlace(tokenizeGerman), 'common, and hyphens kept'],
  dictionary: [inPlace(tokenizeByDictionary), "common, and ICU's words in scripts without spaces"],
  whitespace: [tokenizeAtSpaces, 'what stands between white space'],
} satisfies Record<string, [Tokenizer, string]>

export type TokenizerName = keyof typeof table

export const tokenizers = Object.fromEntries(Object.entries(table).map(([name, [cut]]) => [name, cut])) as Record<TokenizerName, Tokenizer>

/** The `tokenizer` option of every rule that counts words. */
export const tokenizerOption = z
  .enum(Object.keys(table) as [TokenizerName, ...TokenizerName[]])
  .default('spacy_english')
  .describe(
    `what counts as a word: ${Object.entries(table)
      .map(([name, [, about]]) => `${name} (${about})`)
      .join(', ')}`,
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
