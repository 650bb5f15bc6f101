import { z } from 'zod'
import { tokenizeEnglish } from './english_tokenizer.ts'
import { tokenizeAtSpaces, tokenizeFastText, tokenizeWordPunct } from './simple_tokenizers.ts'
import { tokenizeUax29, tokenizeUax29Alphanumeric } from './uax29.ts'

/** Cuts a text into words: start and end offset (UTF-16 units) of each, one after the other. */
export type Tokenizer = (text: string) => Int32Array

export const tokenizers = {
  spacy_english: tokenizeEnglish,
  whitespace: tokenizeAtSpaces,
  uax29: tokenizeUax29,
  uax29_alphanumeric: tokenizeUax29Alphanumeric,
  fasttext: tokenizeFastText,
  wordpunct: tokenizeWordPunct,
} satisfies Record<string, Tokenizer>

export type TokenizerName = keyof typeof tokenizers

/** The `tokenizer` option of every rule that counts words. */
export const tokenizerOption = z
  .enum(Object.keys(tokenizers) as [TokenizerName, ...TokenizerName[]])
  .default('spacy_english')
  .describe(
    [
      'what counts as a word: spacy_english (punctuation marks are words of their own, as in FineWeb)',
      'whitespace (what stands between white space)',
      'uax29 (Unicode Standard Annex #29)',
      'uax29_alphanumeric (of these, those that begin with a letter or digit, as in DCLM)',
      'fasttext (what stands between ASCII white space and begins with a letter or digit, as in DCLM)',
      'wordpunct (NLTK WordPunctTokenizer: runs of word characters, runs of marks)',
    ].join('; '),
  )
