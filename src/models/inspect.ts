import { UserError } from '../core/errors.ts'
import { readTokens } from '../tokenizers/byte_pair.ts'
import { readSentencePieceFile } from '../tokenizers/sentencepiece/file.ts'
import { SentencePiece } from '../tokenizers/sentencepiece/sentencepiece.ts'
import { readTokenizerJson } from '../tokenizers/tokenizer_json/tokenizer_json.ts'
import { FastText, isFastText } from './fasttext/fasttext.ts'
import { readFastTextFile } from './fasttext/file.ts'
import { isArpa, isKenLMBinary, readKenLM } from './kenlm/file.ts'
import { withFile } from './model_reader.ts'
import { readNumpyFile } from './numpy_file.ts'
import { readStart } from './shared_file.ts'

/** What a model file is, found by loading it. */
export interface ModelFacts {
  kind: string
  [fact: string]: string | number | boolean | string[]
}

/** Load a model of any kind, told from its content. Throws a UserError for a damaged one, and for what is none. */
export async function inspectModel(path: string): Promise<ModelFacts> {
  const start = readStart(path, 64)
  if (isFastText(start)) return fastTextFacts(path)
  if (isKenLMBinary(path) || isArpa(path)) {
    const { order, words } = await readKenLM(path)
    return { kind: 'KenLM', format: isKenLMBinary(path) ? 'binary' : 'arpa', order, words }
  }
  const text = Buffer.from(start).toString('latin1')
  if (text.startsWith('\x93NUMPY')) return { kind: 'counts', buckets: readNumpyFile(path).length }
  if (/^[A-Za-z0-9+/]+=* \d+\n/.test(text)) return { kind: 'tokenizer', format: 'tiktoken', tokens: readTokens(path).size }
  if (/^\s*\{/.test(text)) {
    const { algorithm, tokens } = readTokenizerJson(path)
    return { kind: 'tokenizer', format: 'tokenizer.json', algorithm, tokens }
  }
  // a SentencePiece model begins with its first piece
  if (start[0] === 0x0a) return sentencePieceFacts(path)
  throw new UserError(
    `${path} is no model that decant can read`,
    'fastText (.bin, .ftz), KenLM (.arpa, .bin), SentencePiece (.model), tokenizer.json, .tiktoken, .npy',
  )
}

function fastTextFacts(path: string): ModelFacts {
  const file = withFile(path, (source) => readFastTextFile(source, path))
  const { dimensions, loss, wordNgrams, minPart, maxPart, buckets, wordCount, quantised, moved } = file
  const { labels } = new FastText(file)
  return {
    kind: 'fastText',
    labels: labels.length,
    first_labels: labels.slice(0, 5),
    dimensions,
    loss,
    words: wordCount,
    buckets,
    word_ngrams: wordNgrams,
    word_parts: maxPart > 0 ? `${minPart} to ${maxPart} characters` : 'none',
    quantised,
    pruned: moved !== null,
  }
}

function sentencePieceFacts(path: string): ModelFacts {
  const bytes = withFile(path, (source) => {
    const all = new Uint8Array(source.size)
    source.read(all, 0)
    return all
  })
  const file = readSentencePieceFile(bytes, path)
  new SentencePiece(file, path).encode('text')
  return { kind: 'SentencePiece', algorithm: file.kind, pieces: file.pieces.length, byte_fallback: file.byteFallback }
}
