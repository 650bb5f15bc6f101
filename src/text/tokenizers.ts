import { z } from 'zod'
import { tokenizeEnglish } from './english_tokenizer.ts'
import { isSpace } from './python.ts'

/** Cuts a text into words: start and end offset (UTF-16 units) of each, one after the other. */
export type Tokenizer = (text: string) => Int32Array

export const tokenizers = {
  spacy_english: tokenizeEnglish,
  whitespace: tokenizeAtSpaces,
} satisfies Record<string, Tokenizer>

export type TokenizerName = keyof typeof tokenizers

/** The `tokenizer` option of every rule that counts words. */
export const tokenizerOption = z
  .enum(Object.keys(tokenizers) as [TokenizerName, ...TokenizerName[]])
  .default('spacy_english')
  .describe('what counts as a word: spacy_english (punctuation marks are words of their own, as in FineWeb), whitespace')

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
