import { readFileSync } from 'node:fs'
import { UserError } from '../../core/errors.ts'
import { Utf8Buffer } from '../byte_strings.ts'
import { ByteTrie } from '../byte_trie.ts'
import { BytePairs } from './bpe.ts'
import { pieceTypes, readSentencePieceFile, type SentencePieceFile } from './file.ts'
import { SentencePieceNormalizer } from './normalizer.ts'
import type { Segmenter } from './segmenter.ts'
import { Unigrams } from './unigram.ts'

/** A SentencePiece model (Kudo and Richardson 2018), which cuts texts into the same pieces as the C++ program. */
export class SentencePiece {
  readonly #pieces: readonly string[]
  readonly #byteFallback: boolean
  readonly #normalizer: SentencePieceNormalizer
  readonly #segmenter: Segmenter
  readonly #text = new Utf8Buffer()

  constructor(file: SentencePieceFile, name: string) {
    const userDefined = file.pieces.filter(({ type }) => type === pieceTypes.userDefined).map(({ bytes }) => bytes)
    const frozen = new ByteTrie(
      userDefined,
      userDefined.map(() => 0),
    )
    this.#pieces = file.pieces.map(({ bytes }) => Buffer.from(bytes).toString('utf8'))
    this.#byteFallback = file.byteFallback
    this.#normalizer = new SentencePieceNormalizer(file, frozen, name)
    this.#segmenter = file.kind === 'unigram' ? new Unigrams(file.pieces) : new BytePairs(file.pieces, frozen)
  }

  /** The pieces of a text. What no piece covers is a piece of its own, or one for each byte ("<0xE2>"). */
  encode(text: string): string[] {
    const normalizer = this.#normalizer
    const written = this.#text.encode(text)
    normalizer.normalize(this.#text.bytes, written)
    const { bytes, length } = normalizer
    const found: string[] = []
    let start = 0
    let unknownFrom = -1
    const endUnknown = (): void => {
      if (unknownFrom === -1) return
      if (this.#byteFallback) for (let i = unknownFrom; i < start; i++) found.push(bytePiece(bytes[i]!))
      else found.push(Buffer.from(bytes.buffer, unknownFrom, start - unknownFrom).toString('utf8'))
      unknownFrom = -1
    }
    this.#segmenter.segment(bytes, length, (end, piece) => {
      if (piece !== -1) {
        endUnknown()
        found.push(this.#pieces[piece]!)
      } else if (unknownFrom === -1) unknownFrom = start
      start = end
    })
    endUnknown()
    return found
  }
}

const bytePiece = (byte: number): string => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`

const loaded = new Map<string, SentencePiece>()

/** Read a model, once per thread and path. Throws a UserError when the file is none. */
export function loadSentencePiece(path: string): SentencePiece {
  let model = loaded.get(path)
  if (!model) {
    model = new SentencePiece(readSentencePieceFile(readModelFile(path), path), path)
    loaded.set(path, model)
  }
  return model
}

function readModelFile(path: string): Uint8Array {
  try {
    return readFileSync(path)
  } catch (error) {
    throw new UserError(`${path} cannot be read (${(error as NodeJS.ErrnoException).code})`)
  }
}
