import { z } from 'zod'
import type { Doc } from '../core/doc.ts'
import { commonSymbols, symbols } from './character_sets.ts'
import { type TokenizerName, type Tokens, tokenizers } from './tokenizers.ts'

/**
 * The words of a text, each distinct word numbered in order of first appearance. Rules work on the numbers and on facts that are found
 * once for each distinct word.
 */
export interface Words extends Tokens {
  count: number
  /** Number of word i, which stands between offsets 2i and 2i + 1. */
  ids: Int32Array
  distinct: number
  /** For each distinct word: where it first stands, how often it occurs, its length in code points, and what it is made of. */
  firsts: Int32Array
  counts: Int32Array
  lengths: Int32Array
  traits: Uint8Array
}

/**
 * Traits: a letter in any script (Python's `isalpha`), a character that is no symbol, one that is no common symbol, an ASCII letter, a
 * letter in upper case, one in lower or title case; every word has the last trait.
 */
export const hasLetter = 1
export const hasText = 2
export const hasMoreThanCommonSymbols = 4
export const hasAsciiLetter = 8
export const hasUpperCase = 16
export const hasOtherCase = 32
const isWord = 64

const symbolTraits = { all: hasText, common: hasMoreThanCommonSymbols, none: isWord }
export type SymbolSet = keyof typeof symbolTraits

/** The trait that a word must have to count, by the `symbol_set` option. */
export const notOnly = (symbols: SymbolSet): number => symbolTraits[symbols]

/** The `symbol_set` option of rules that pass over words without anything else. */
export const symbolSetOption = z
  .enum(Object.keys(symbolTraits) as [SymbolSet, ...SymbolSet[]])
  .default('all')
  .describe(
    'words of nothing but symbols do not count: all (punctuation, sentence-ending marks of any script), common (of these marks only . ! ? 。 ． ！ ？); none: every word counts',
  )

/** The distinct word with this number. */
export const wordText = ({ text, offsets, firsts }: Words, id: number): string =>
  text.slice(offsets[2 * firsts[id]!], offsets[2 * firsts[id]! + 1])

const tokenViews = Object.fromEntries(
  Object.entries(tokenizers).map(([name, tokenize]) => {
    const view = (doc: Doc): Tokens => tokenize(doc.text, doc.known(view))
    return [name, view]
  }),
) as Record<TokenizerName, (doc: Doc) => Tokens>

/** View: where the words of a document are, by a tokenizer; cheaper than `wordsBy`, for rules that only count them. */
export const tokensBy = (tokenizer: TokenizerName): ((doc: Doc) => Tokens) => tokenViews[tokenizer]

const wordViews = Object.fromEntries(
  Object.entries(tokenViews).map(([name, tokens]) => [name, (doc: Doc) => numberWords(doc.view(tokens))]),
) as Record<TokenizerName, (doc: Doc) => Words>

/** View: the words of a document by a tokenizer. */
export const wordsBy = (tokenizer: TokenizerName): ((doc: Doc) => Words) => wordViews[tokenizer]

// Open addressing over (generation, hash, id), shared by all documents; a new generation empties it at no cost.
let slots = new Int32Array(3 << 12)
let generation = 0

function numberWords({ text, offsets }: Tokens): Words {
  const count = offsets.length / 2
  const mask = tableMask(count)
  generation++
  const ids = new Int32Array(count)
  const firsts = new Int32Array(count)
  const counts = new Int32Array(count)
  let distinct = 0
  for (let i = 0; i < count; i++) {
    const start = offsets[2 * i]!
    const end = offsets[2 * i + 1]!
    const hash = hashOf(text, start, end)
    let id = -1
    let slot = 3 * (hash & mask)
    for (; slots[slot] === generation; slot = slot === 3 * mask ? 0 : slot + 3) {
      if (slots[slot + 1] !== hash) continue
      const known = slots[slot + 2]!
      if (isSameWord(text, offsets, firsts[known]!, start, end)) {
        id = known
        break
      }
    }
    if (id < 0) {
      id = distinct++
      firsts[id] = i
      slots[slot] = generation
      slots[slot + 1] = hash
      slots[slot + 2] = id
    }
    ids[i] = id
    counts[id] = counts[id]! + 1
  }
  return {
    text,
    count,
    offsets,
    ids,
    distinct,
    firsts: firsts.slice(0, distinct),
    counts: counts.slice(0, distinct),
    ...factsOf(text, offsets, firsts, distinct),
  }
}

/** Number of slots minus one: a power of two at least twice the number of words. */
function tableMask(count: number): number {
  let size = 1 << 10
  while (size < 2 * count) size *= 2
  if (slots.length < 3 * size) {
    slots = new Int32Array(3 * size)
    generation = 0
  }
  return size - 1
}

function hashOf(text: string, start: number, end: number): number {
  let hash = end - start
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x5bd1e995)
  return hash ^ (hash >>> 15)
}

function isSameWord(text: string, offsets: Int32Array, index: number, start: number, end: number): boolean {
  const from = offsets[2 * index]!
  if (offsets[2 * index + 1]! - from !== end - start) return false
  for (let i = 0; i < end - start; i++) if (text.charCodeAt(from + i) !== text.charCodeAt(start + i)) return false
  return true
}

const traitsOfUnit = new Uint8Array(0x10000)
for (let code = 0; code < 0x10000; code++) {
  traitsOfUnit[code] = traitsOf(code)
}

function factsOf(whole: string, offsets: Int32Array, firsts: Int32Array, distinct: number): Pick<Words, 'lengths' | 'traits'> {
  const lengths = new Int32Array(distinct)
  const traits = new Uint8Array(distinct)
  for (let id = 0; id < distinct; id++) {
    const end = offsets[2 * firsts[id]! + 1]!
    let length = 0
    let found = isWord
    for (let at = offsets[2 * firsts[id]!]!; at < end; at++, length++) {
      const code = whole.charCodeAt(at)
      if ((code & 0xfc00) === 0xd800 && at + 1 < end && (whole.charCodeAt(at + 1) & 0xfc00) === 0xdc00) {
        found |= traitsOf(whole.codePointAt(at)!)
        at++
      } else found |= traitsOfUnit[code]!
    }
    lengths[id] = length
    traits[id] = found
  }
  return { lengths, traits }
}

function traitsOf(code: number): number {
  const character = String.fromCodePoint(code)
  return (
    (/\p{L}/u.test(character) ? hasLetter : 0) |
    (symbols.has(code) ? 0 : hasText) |
    (commonSymbols.has(code) ? 0 : hasMoreThanCommonSymbols) |
    (/[a-zA-Z]/.test(character) ? hasAsciiLetter : 0) |
    (/\p{Uppercase}/u.test(character) ? hasUpperCase : 0) |
    (/[\p{Lowercase}\p{Lt}]/u.test(character) ? hasOtherCase : 0)
  )
}
