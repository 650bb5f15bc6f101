import { expect, test } from 'vitest'
import symbolWordRatio from '../../src/filters/symbol_word_ratio.ts'
import { measured } from '../support.ts'

test.each<[text: string, options: object, value: number]>([
  ['', { symbols: ['#'] }, 0],
  ['###', { symbols: ['#'] }, 1],
  ['#a b c', { symbols: ['#'] }, 0.25],
  // Six full stops are two ellipses, in one word.
  ['......', { symbols: ['...'] }, 2],
  ['a… b…', { symbols: ['...', '…'] }, 0.5],
  ['😀 b', { symbols: ['😀'] }, 0.5],
  ['# b', { symbols: ['#'], tokenizer: 'whitespace' }, 0.5],
  ['#a# b … c', { symbols: ['#', '…'], tokenizer: 'whitespace', count: 'words' }, 0.5],
  // Dolma has no "..." among its symbols, and one word counts once.
  ['a... #…#', { symbols: ['#', '…'], tokenizer: 'whitespace', count: 'words' }, 0.5],
  ['', { symbols: ['#'], count: 'words' }, 0],
])('%j with %j measures %d', async (text, options, value) => {
  expect(await measured(symbolWordRatio, text, options)).toBe(value)
})
