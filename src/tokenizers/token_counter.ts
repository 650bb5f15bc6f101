import { createRequire } from 'node:module'
import { BytePairVocabulary, readTokens } from './byte_pair.ts'
import { Utf8Buffer } from './byte_strings.ts'
import { cl100kPieceEnd, gpt2PieceEnd, o200kPieceEnd, type PieceEnd } from './pieces.ts'
import { readTokenizerJson } from './tokenizer_json/tokenizer_json.ts'

export const tokenizerNames = ['gpt2', 'cl100k_base', 'o200k_base'] as const
export type BundledTokenizerName = (typeof tokenizerNames)[number]

interface BundledTokenizer {
  /** In the npm package gpt-tokenizer. */
  file: string
  pieceEnd: PieceEnd
  /** Written out in a text, these are one token each, as in Hugging Face's tokenizers. */
  special: RegExp
}

const tokenizers: Record<BundledTokenizerName, BundledTokenizer> = {
  gpt2: { file: 'r50k_base.tiktoken', pieceEnd: gpt2PieceEnd, special: /<\|endoftext\|>/ },
  cl100k_base: {
    file: 'cl100k_base.tiktoken',
    pieceEnd: cl100kPieceEnd,
    special: /<\|(?:endoftext|fim_prefix|fim_middle|fim_suffix|endofprompt)\|>/,
  },
  o200k_base: { file: 'o200k_base.tiktoken', pieceEnd: o200kPieceEnd, special: /<\|(?:endoftext|endofprompt)\|>/ },
}

export type TokenCounter = (text: string) => number
/** Tokens by rank; a special token, whichever it is, is -1. */
export type TokenEncoder = (text: string) => number[]

interface Codec {
  count: TokenCounter
  encode: TokenEncoder
}

const codecs = new Map<BundledTokenizerName, Codec>()

/** A function that counts a text's tokens; each tokenizer is loaded once per process. */
export const tokenCounter = (name: BundledTokenizerName): TokenCounter => codec(name).count

const files = new Map<string, TokenCounter>()

/** A function that counts a text's tokens by a `tokenizer.json`, which is read once per thread and path. */
export function fileTokenCounter(path: string): TokenCounter {
  let count = files.get(path)
  if (!count) {
    count = readTokenizerJson(path).count
    files.set(path, count)
  }
  return count
}

/** A function that gives a text's tokens. */
export const tokenEncoder = (name: BundledTokenizerName): TokenEncoder => codec(name).encode

function codec(name: BundledTokenizerName): Codec {
  let found = codecs.get(name)
  if (!found) {
    found = makeCodec(tokenizers[name])
    codecs.set(name, found)
  }
  return found
}

function makeCodec({ file, pieceEnd, special }: BundledTokenizer): Codec {
  const vocabulary = new BytePairVocabulary(readTokens(createRequire(import.meta.url).resolve(`gpt-tokenizer/data/${file}`)))
  const buffer = new Utf8Buffer()
  const eachPiece = (text: string, found: (bytes: Uint8Array, start: number, end: number) => void): void => {
    const length = buffer.encode(text)
    const { bytes } = buffer
    for (let start = 0, end = 0; start < length; start = end) {
      end = pieceEnd(bytes, length, start)
      found(bytes, start, end)
    }
  }
  const partsOf = (text: string): string[] => (text.includes('<|') ? text.split(special) : [text])
  return {
    count(text) {
      const parts = partsOf(text)
      let count = parts.length - 1
      for (const part of parts) {
        eachPiece(part, (bytes, start, end) => {
          count += vocabulary.count(bytes, start, end)
        })
      }
      return count
    },
    encode(text) {
      const tokens: number[] = []
      partsOf(text).forEach((part, i) => {
        if (i > 0) tokens.push(-1)
        eachPiece(part, (bytes, start, end) => vocabulary.encode(bytes, start, end, tokens))
      })
      return tokens
    },
  }
}
