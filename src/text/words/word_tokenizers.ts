import { z } from 'zod'
import { normalizeText } from '../normalized.ts'
import { tokenizeByDictionary } from './dictionary_words.ts'
import { spaceNltkWords } from './nltk_words.ts'
import { retokenize } from './retokenize.ts'
import { tokenizeAtSpaces, tokenizeFastText, tokenizeWordPunct } from './simple_tokenizers.ts'
import { tokenizeCommon, tokenizeEnglish, tokenizeFrench, tokenizeGerman } from './spacy_tokenizer.ts'
import { tokenizeUax29, tokenizeUax29Alphanumeric } from './uax29.ts'

/** Words as stretches of a text: start and end offset (UTF-16 units) of each, one after the other. */
export interface Tokens {
  /** What was cut, or what the tokenizer has made of it: NLTK turns `"` into ``` `` ``` or `''`. */
  text: string
  offsets: Int32Array
}

/** Cuts a text into words; `earlier` are those of the text that it was edited from, where they are known. */
export type WordTokenizer = (text: string, earlier?: Tokens) => Tokens

const inPlace =
  (cut: (text: string) => Int32Array): WordTokenizer =>
  (text) => ({ text, offsets: cut(text) })

/** A tokenizer that rewrites the text first. */
const rewritten =
  (rewrite: (text: string) => string, cut: (text: string) => Int32Array): WordTokenizer =>
  (text) =>
    inPlace(cut)(rewrite(text))

/** For ways to cut that look at nothing beyond a line: what stood in the text before it was edited is not cut again. */
const byLine =
  (cut: (text: string) => Int32Array): WordTokenizer =>
  (text, earlier) => ({ text, offsets: earlier ? retokenize(text, cut, earlier) : cut(text) })

/** Each with what it does, for the description of the option. */
const table = {
  spacy_english: [byLine(tokenizeEnglish), 'punctuation marks are words of their own, as in datatrove today'],
  nltk_english: [rewritten(spaceNltkWords, tokenizeAtSpaces), 'much the same by other rules, as in FineWeb 1.0'],
  common: [byLine(tokenizeCommon), "spacy_english without English's contractions and abbreviations, for languages with spaces"],
  french: [byLine(tokenizeFrench), 'common, and cut after an apostrophe'],
  german: [byLine(tokenizeGerman), 'common, and hyphens kept'],
  dictionary: [inPlace(tokenizeByDictionary), "common, and ICU's words in scripts without spaces"],
  whitespace: [inPlace(tokenizeAtSpaces), 'what stands between white space'],
  uax29: [inPlace(tokenizeUax29), 'Unicode Standard Annex #29'],
  uax29_alphanumeric: [inPlace(tokenizeUax29Alphanumeric), 'of these, those that begin with a letter or digit, as in DCLM'],
  fasttext: [inPlace(tokenizeFastText), 'what stands between ASCII white space and begins with a letter or digit, as in DCLM'],
  wordpunct: [inPlace(tokenizeWordPunct), 'NLTK WordPunctTokenizer: runs of word characters, runs of marks'],
  normalized: [rewritten(normalizeText, tokenizeAtSpaces), 'whitespace, in lower case and without ASCII punctuation, as in RedPajama-V2'],
} satisfies Record<string, [WordTokenizer, string]>

export type WordTokenizerName = keyof typeof table

export const tokenizers = Object.fromEntries(Object.entries(table).map(([name, [cut]]) => [name, cut])) as Record<
  WordTokenizerName,
  WordTokenizer
>

/** The `tokenizer` option of every rule that counts words. */
export const tokenizerOption = z
  .enum(Object.keys(table) as [WordTokenizerName, ...WordTokenizerName[]])
  .default('spacy_english')
  .describe(
    `what counts as a word: ${Object.entries(table)
      .map(([name, [, about]]) => `${name} (${about})`)
      .join(', ')}`,
  )
