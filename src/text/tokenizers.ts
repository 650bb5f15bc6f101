import { z } from 'zod'
import { tokenizeByDictionary } from './dictionary_words.ts'
import { isSpace } from './python.ts'
import { tokenizeCommon, tokenizeEnglish, tokenizeFrench, tokenizeGerman } from './spacy_tokenizer.ts'

/** Cuts a text into words: start and end offset (UTF-16 units) of each, one after the other. */
export type Tokenizer = (text: string) => Int32Array

export const tokenizers = {
  spacy_english: tokenizeEnglish,
  common: tokenizeCommon,
  french: tokenizeFrench,
  german: tokenizeGerman,
  dictionary: tokenizeByDictionary,
  whitespace: tokenizeAtSpaces,
} satisfies Record<string, Tokenizer>

export type TokenizerName = keyof typeof tokenizers

/** The `tokenizer` option of every rule that counts words. */
export const tokenizerOption = z
  .enum(Object.keys(tokenizers) as [TokenizerName, ...TokenizerName[]])
  .default('spacy_english')
  .describe(
    "what counts as a word: spacy_english (punctuation marks are words of their own, as in FineWeb), common (the same for languages with spaces, without English contractions and abbreviations), french (common, cut after an apostrophe), german (common, hyphens kept), dictionary (common, and ICU's words in scripts without spaces), whitespace",
  )

function tokenizeAtSpaces(text: string): Int32Array {
  const tokens: number[] = []
  for (let at = 0; at < text.length; ) {
    while (at < text.length && isSpace(text.charCodeAt(at))) at++
    const start = at
    while (at < text.length && !isSpace(text.charCodeAt(at))) at++
    if (at > start) tokens.push(start, at)
  }
  return Int32Array.from(tokens)
}
