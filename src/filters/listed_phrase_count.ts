import { filter } from '../core/filter.ts'
import { filePath } from '../core/options.ts'
import { readWordList } from '../models/word_list.ts'
import { tokenizerOption } from '../text/words/word_tokenizers.ts'
import { type Words, wordsBy, wordText } from '../text/words/words.ts'

export default filter({
  summary: 'how often listed words or sequences of words stand in the text; upper and lower case differ, overlapping ones count each',
  why: 'Counts listed phrases on words, so it does not find a word inside another one, as `phrase_count` would.',
  source: 'RedPajama-V2 rps_doc_ldnoobw_words, on normalized words: entries with capitals, hyphens or apostrophes are never found',
  range: [0, Number.POSITIVE_INFINITY],
  options: {
    phrases: filePath('list of phrases, one a line, # for comments; one space between the words of a phrase'),
    tokenizer: tokenizerOption,
  },
  measure({ phrases, tokenizer }) {
    const words = wordsBy(tokenizer)
    const listed = [...readWordList(phrases)].map((phrase) => phrase.split(' '))
    const byFirst = new Map<string, string[][]>()
    for (const phrase of listed) byFirst.set(phrase[0]!, [...(byFirst.get(phrase[0]!) ?? []), phrase])
    return (doc) => {
      const all = doc.view(words)
      let found = 0
      const longer: string[][][] = []
      for (let id = 0; id < all.distinct; id++) {
        const starting = byFirst.get(wordText(all, id))
        if (!starting) continue
        if (starting.some((phrase) => phrase.length === 1)) found += all.counts[id]!
        if (starting.some((phrase) => phrase.length > 1)) longer[id] = starting.filter((phrase) => phrase.length > 1)
      }
      if (longer.length > 0) {
        for (let i = 0; i < all.count; i++) for (const phrase of longer[all.ids[i]!] ?? []) if (standsAt(all, i, phrase)) found++
      }
      return found
    }
  },
  examples: [
    { text: 'Play casino, casino!', value: 2, options: { phrases: 'pipelines/lists/blocked_phrases.txt', tokenizer: 'normalized' } },
    { text: 'A hot. Deal', value: 1, options: { phrases: 'pipelines/lists/blocked_phrases.txt', tokenizer: 'normalized' } },
    { text: '', value: 0, options: { phrases: 'pipelines/lists/blocked_phrases.txt' } },
  ],
})

/** Whether the words from the i-th on are those of the phrase, given that the first is. */
const standsAt = (words: Words, i: number, phrase: readonly string[]): boolean =>
  i + phrase.length <= words.count && phrase.every((word, k) => k === 0 || wordText(words, words.ids[i + k]!) === word)
