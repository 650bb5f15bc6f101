import { z } from 'zod'
import { UserError } from '../../core/errors.ts'
import { bytePairCounter, bytePairSchema } from './bpe.ts'
import { unigramCounter, unigramSchema } from './unigram.ts'
import { wordLevelCounter, wordLevelSchema, wordPieceCounter, wordPieceSchema } from './words.ts'

/** Counts the tokens of a piece that nothing cuts before the model sees it; the piece is not empty. */
export type PieceCounter = (piece: string) => number

export interface Model {
  algorithm: 'BPE' | 'Unigram' | 'WordLevel' | 'WordPiece'
  count: PieceCounter
  /** Whether it has a token of this content. */
  has(token: string): boolean
  size: number
}

/** The model of a `tokenizer.json`. Throws a UserError for a damaged one, and for what cannot be done. */
export function readModel(json: unknown): Model {
  const algorithm = typeOf(z.looseObject({ type: z.string().nullish() }).parse(json))
  switch (algorithm) {
    case 'BPE': {
      const model = bytePairSchema.parse(json)
      return { algorithm, count: bytePairCounter(model), ...vocabulary(model.vocab) }
    }
    case 'WordPiece': {
      const model = wordPieceSchema.parse(json)
      return { algorithm, count: wordPieceCounter(model), ...vocabulary(model.vocab) }
    }
    case 'WordLevel': {
      const model = wordLevelSchema.parse(json)
      return { algorithm, count: wordLevelCounter(model), ...vocabulary(model.vocab) }
    }
    case 'Unigram': {
      const model = unigramSchema.parse(json)
      const known = new Set(model.vocab.map(([token]) => token))
      return { algorithm, count: unigramCounter(model), has: (token) => known.has(token), size: model.vocab.length }
    }
    default:
      throw new UserError(`a model of type ${algorithm} cannot be used`, 'BPE, Unigram, WordPiece and WordLevel can')
  }
}

const vocabulary = (vocab: Readonly<Record<string, number>>): Pick<Model, 'has' | 'size'> => ({
  has: (token) => Object.hasOwn(vocab, token),
  size: Object.keys(vocab).length,
})

/** Old files do not say: the library takes the first type whose fields are there. */
function typeOf(model: Record<string, unknown>): string {
  if (typeof model['type'] === 'string') return model['type']
  if ('merges' in model) return 'BPE'
  if ('max_input_chars_per_word' in model) return 'WordPiece'
  return Array.isArray(model['vocab']) ? 'Unigram' : 'WordLevel'
}
