import { z } from 'zod'
import { UserError } from '../../core/errors.ts'
import { PairMerger } from '../pair_merger.ts'
import { byteTokenNames } from './bytes.ts'
import { noUnknownToken, remembering, vocabularySchema } from './vocabulary.ts'

export const bytePairSchema = z.looseObject({
  vocab: vocabularySchema,
  merges: z.array(z.union([z.string(), z.tuple([z.string(), z.string()])])),
  dropout: z.number().nullish(),
  unk_token: z.string().nullish(),
  fuse_unk: z.boolean().nullish(),
  byte_fallback: z.boolean().nullish(),
  ignore_merges: z.boolean().nullish(),
  continuing_subword_prefix: z.string().nullish(),
  end_of_word_suffix: z.string().nullish(),
})
export type BytePairFile = z.output<typeof bytePairSchema>

/** Byte pair encoding of characters, as the library's models/bpe/ does it. */
export function bytePairCounter(model: BytePairFile): (piece: string) => number {
  if (model.dropout)
    throw new UserError(`its BPE model drops merges by chance (dropout ${model.dropout})`, 'counts would differ from run to run')
  const vocabulary = new Map(Object.entries(model.vocab))
  const merger = mergerOf(model, vocabulary)
  const tokensOf = characterTokens(model, vocabulary)
  if (model.ignore_merges) return (piece) => (vocabulary.has(piece) ? 1 : merger.count(tokensOf(piece)))
  const count = (piece: string): number => merger.count(tokensOf(piece))
  return areWordsApart(model, vocabulary) ? byWords(remembering(count)) : count
}

const space = '▁'

/** Whether no token reaches over the beginning of a word, so that words of a whole text, as Llama 2 merges it, can be counted and remembered. */
function areWordsApart(model: BytePairFile, vocabulary: ReadonlyMap<string, number>): boolean {
  if (model.continuing_subword_prefix || model.end_of_word_suffix || !vocabulary.has(space)) return false
  return model.merges.every((merge) => !/[^▁]▁/.test(typeof merge === 'string' ? merge.replace(' ', '') : merge.join('')))
}

const byWords =
  (count: (word: string) => number) =>
  (piece: string): number => {
    let sum = 0
    let start = 0
    for (let at = piece.indexOf(space, 1); at !== -1; at = piece.indexOf(space, at + 1)) {
      if (piece[at - 1] === space) continue
      sum += count(piece.slice(start, at))
      start = at
    }
    return sum + count(piece.slice(start))
  }

function mergerOf(model: BytePairFile, vocabulary: ReadonlyMap<string, number>): PairMerger {
  const merger = new PairMerger()
  const prefix = model.continuing_subword_prefix?.length ?? 0
  for (const merge of model.merges) {
    if (typeof merge === 'string' && merge.startsWith('#version')) continue
    const [left, right, ...more] = typeof merge === 'string' ? merge.split(' ') : merge
    const [a, b] = [vocabulary.get(left!), vocabulary.get(right ?? '')]
    const result = vocabulary.get(left! + (right ?? '').slice(prefix))
    if (a === undefined || b === undefined || result === undefined || more.length > 0)
      throw new UserError(`the merge ${JSON.stringify(merge)} is not in the vocabulary`)
    merger.add(a, b, result)
  }
  return merger
}

/** A piece's characters as tokens: with marks on all but the first and on the last, as bytes, or as unknown. */
function characterTokens(model: BytePairFile, vocabulary: ReadonlyMap<string, number>): (piece: string) => number[] {
  const [prefix, suffix] = [model.continuing_subword_prefix ?? '', model.end_of_word_suffix ?? '']
  const unknown = model.unk_token === undefined || model.unk_token === null ? null : (vocabulary.get(model.unk_token) ?? 'missing')
  const bytes = byteTokenNames.map((name) => vocabulary.get(name))
  return (piece) => {
    const found: number[] = []
    // an unknown character waits for the next token that is in the vocabulary, so that bytes go before it
    let waiting: number | undefined
    for (let at = 0, end = 0; at < piece.length; at = end) {
      end = at + (piece.codePointAt(at)! > 0xffff ? 2 : 1)
      const bare = piece.slice(at, end)
      const character = (at > 0 ? prefix : '') + bare + (end === piece.length ? suffix : '')
      const token = vocabulary.get(character)
      if (token !== undefined) {
        if (waiting !== undefined) found.push(waiting)
        waiting = undefined
        found.push(token)
        continue
      }
      if (model.byte_fallback) {
        const spelt = Array.from(Buffer.from(character), (byte) => bytes[byte])
        if (!spelt.includes(undefined)) {
          found.push(...(spelt as number[]))
          continue
        }
      }
      if (unknown === null) continue
      if (unknown === 'missing') throw noUnknownToken(bare)
      if (waiting !== undefined && !model.fuse_unk) found.push(waiting)
      waiting = unknown
    }
    if (waiting !== undefined) found.push(waiting)
    return found
  }
}
