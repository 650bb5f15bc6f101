import { filter } from '../core/filter.ts'
import { tokenizerOption } from '../text/words/word_tokenizers.ts'
import { notOnly, symbolSetOption, wordsBy } from '../text/words/words.ts'

export default filter({
  summary:
    'median length (characters) of the words that hold more than punctuation and symbols, or of all words; between two, their mean; 0 without any',
  why: 'As `mean_word_length`, but a few very long words, such as URLs, do not move it.',
  source: "Dolma gopher.py: median_word_length, in place of the mean in Gopher's rules (min 3, max 10)",
  range: [0, Number.POSITIVE_INFINITY],
  options: { symbol_set: symbolSetOption, tokenizer: tokenizerOption },
  measure({ symbol_set, tokenizer }) {
    const counted = notOnly(symbol_set)
    const words = wordsBy(tokenizer)
    return (doc) => {
      const { distinct, traits, counts, lengths } = doc.view(words)
      const withLength = new Map<number, number>()
      let count = 0
      for (let id = 0; id < distinct; id++) {
        if (!(traits[id]! & counted)) continue
        count += counts[id]!
        withLength.set(lengths[id]!, (withLength.get(lengths[id]!) ?? 0) + counts[id]!)
      }
      return median(withLength, count)
    }
  },
  examples: [
    { text: 'a bb cccc', value: 2 },
    { text: 'a bb cccc cccc', value: 3 },
    { text: 'a - cc', value: 1.5, options: { tokenizer: 'whitespace' } },
    { text: 'a - cc', value: 1, options: { tokenizer: 'whitespace', symbol_set: 'none' } },
    { text: '', value: 0 },
  ],
})

/** Median of `count` numbers, given how often each occurs. */
function median(occurrences: ReadonlyMap<number, number>, count: number): number {
  if (count === 0) return 0
  const ascending = [...occurrences].sort(([a], [b]) => a - b)
  const at = (position: number): number => {
    let passed = 0
    for (const [number, times] of ascending) if ((passed += times) > position) return number
    return 0
  }
  return (at((count - 1) >> 1) + at(count >> 1)) / 2
}
