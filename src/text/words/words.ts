import { z } from 'zod'
import type { Doc } from '../../core/doc.ts'
import { Layout, tableSize } from '../../kernels/kernels.ts'
import { commonSymbols, symbols } from '../character_sets.ts'
import { type Tokens, tokenizers, type WordTokenizerName } from './word_tokenizers.ts'

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
) as Record<WordTokenizerName, (doc: Doc) => Tokens>

/** View: where the words of a document are, by a tokenizer; cheaper than `wordsBy`, for rules that only count them. */
export const tokensBy = (tokenizer: WordTokenizerName): ((doc: Doc) => Tokens) => tokenViews[tokenizer]

const wordViews = Object.fromEntries(
  Object.entries(tokenViews).map(([name, tokens]) => [name, (doc: Doc) => numberWords(doc.view(tokens))]),
) as Record<WordTokenizerName, (doc: Doc) => Words>

/** View: the words of a document by a tokenizer. */
export const wordsBy = (tokenizer: WordTokenizerName): ((doc: Doc) => Words) => wordViews[tokenizer]

function numberWords({ text, offsets }: Tokens): Words {
  const count = offsets.length / 2
  const entries = tableSize(count)
  const each = 4 * count
  const layout = new Layout({ units: 2 * text.length, offsets: 2 * each, ids: each, firsts: each, counts: each, table: 8 * entries })
  layout.writeText('units', text)
  layout.write('offsets', offsets)
  layout.zero('table', 8 * entries)
  const { at, kernels } = layout
  const distinct = kernels.numberWords(at.units, at.offsets, count, at.ids, at.firsts, at.counts, at.table, entries - 1)
  const firsts = layout.read('firsts', distinct)
  return {
    text,
    count,
    offsets,
    ids: layout.read('ids', count),
    distinct,
    firsts,
    counts: layout.read('counts', distinct),
    ...factsOf(layout.units('units', text.length), offsets, firsts),
  }
}

const traitsOfUnit = new Uint8Array(0x10000)
for (let code = 0; code < 0x10000; code++) {
  traitsOfUnit[code] = traitsOf(code)
}

function factsOf(units: Uint16Array, offsets: Int32Array, firsts: Int32Array): Pick<Words, 'lengths' | 'traits'> {
  const lengths = new Int32Array(firsts.length)
  const traits = new Uint8Array(firsts.length)
  for (let id = 0; id < firsts.length; id++) {
    const end = offsets[2 * firsts[id]! + 1]!
    let length = 0
    let found = isWord
    for (let at = offsets[2 * firsts[id]!]!; at < end; at++, length++) {
      const unit = units[at]!
      const next = at + 1 < end ? units[at + 1]! : 0
      if ((unit & 0xfc00) === 0xd800 && (next & 0xfc00) === 0xdc00) {
        found |= traitsOf(((unit & 0x3ff) << 10) + (next & 0x3ff) + 0x10000)
        at++
      } else found |= traitsOfUnit[unit]!
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
