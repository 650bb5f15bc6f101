import type { Tokens } from '../../src/text/words/word_tokenizers.ts'

/** The stretches that a tokenizer found, as strings. */
export const wordsOf = ({ text, offsets }: Tokens): string[] =>
  Array.from({ length: offsets.length / 2 }, (_, i) => text.slice(offsets[2 * i], offsets[2 * i + 1]))
