import { z } from 'zod'
import { notOnly, type SymbolSet } from './words.ts'

/** The `words` option of rules that leave mere symbols out unless told otherwise. */
export const countedWordsOption = z
  .enum(['with_text', 'all'])
  .default('with_text')
  .describe('which words count: those that hold more than punctuation and symbols, or all')

/** Traits of which a word must have one to count; 0 when every word counts. */
export const wantedTraits = (words: 'with_text' | 'all', symbols: SymbolSet = 'all'): number => (words === 'all' ? 0 : notOnly(symbols))
