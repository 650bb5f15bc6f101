import { z } from 'zod'
import { Utf8Buffer } from '../byte_strings.ts'
import { ByteTrie } from '../byte_trie.ts'
import { noUnknownToken, vocabularySchema } from './vocabulary.ts'

export const wordPieceSchema = z.looseObject({
  vocab: vocabularySchema,
  unk_token: z.string(),
  continuing_subword_prefix: z.string(),
  max_input_chars_per_word: z.int().nonnegative(),
})

/**
 * The longest token that a word begins with, then the longest with the prefix that the rest begins with, and so on; a word that is not all
 * tokens is one unknown token (models/wordpiece/mod.rs).
 */
export function wordPieceCounter(model: z.output<typeof wordPieceSchema>): (piece: string) => number {
  const tokens = Object.keys(model.vocab)
  const trie = new ByteTrie(
    tokens.map((token) => Buffer.from(token)),
    tokens.map(() => 0),
  )
  let within = 0
  const prefix = Buffer.from(model.continuing_subword_prefix)
  // node 0 is also what no token leads to, where only an empty prefix may begin
  for (const byte of prefix) within = within === -1 ? -1 : trie.child(within, byte) || -1
  const buffer = new Utf8Buffer()
  const isKnown = Object.hasOwn(model.vocab, model.unk_token)
  return (piece) => {
    const count = isLonger(piece, model.max_input_chars_per_word) ? 0 : countPieces(trie, within, buffer, piece)
    if (count === 0 && !isKnown) throw noUnknownToken(piece)
    return count || 1
  }
}

/** 0 where something is in no token. */
function countPieces(trie: ByteTrie, within: number, buffer: Utf8Buffer, piece: string): number {
  const length = buffer.encode(piece)
  const { bytes } = buffer
  let count = 0
  for (let start = 0, end = 0; start < length; start = end) {
    if (start > 0 && within === -1) return 0
    end = 0
    for (let node = start > 0 ? within : 0, at = start; at < length; ) {
      node = trie.child(node, bytes[at++]!)
      if (node === 0) break
      if (trie.values[node] !== -1) end = at
    }
    if (end === 0) return 0
    count++
  }
  return count
}

function isLonger(piece: string, most: number): boolean {
  if (piece.length <= most) return false
  if (piece.length > most * 2) return true
  let characters = 0
  for (const _ of piece) characters++
  return characters > most
}

export const wordLevelSchema = z.looseObject({ vocab: vocabularySchema, unk_token: z.string() })

/** One token a word, known or not (models/wordlevel/mod.rs). */
export function wordLevelCounter(model: z.output<typeof wordLevelSchema>): (piece: string) => number {
  if (Object.hasOwn(model.vocab, model.unk_token)) return () => 1
  return (piece) => {
    if (!Object.hasOwn(model.vocab, piece)) throw noUnknownToken(piece)
    return 1
  }
}
