import { filter } from '../core/filter.ts'
import { countedWordsOption, wantedTraits } from '../text/counted_words.ts'
import { tokenizerOption } from '../text/tokenizers.ts'
import { wordsBy } from '../text/words.ts'

export default filter({
  summary:
    'median length (characters) of the words that hold more than punctuation and symbols, or of all words; between two, their mean; 0 without any',
  source: "Dolma gopher.py: median_word_length, in place of the mean in Gopher's rules (min 3, max 10)",
  options: { tokenizer: tokenizerOption, words: countedWordsOption },
  measure({ tokenizer, words: counted }) {
    const words = wordsBy(tokenizer)
    const wanted = wantedTraits(counted)
    return (doc) => {
      const { distinct, traits, counts, lengths } = doc.view(words)
      const withLength = new Map<number, number>()
      let count = 0
      for (let id = 0; id < distinct; id++) {
        if (wanted !== 0 && !(traits[id]! & wanted)) continue
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
    { text: 'a - cc', value: 1, options: { tokenizer: 'whitespace', words: 'all' } },
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
