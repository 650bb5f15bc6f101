import { z } from 'zod'
import type { Doc } from '../core/doc.ts'
import { countEnglishSentences } from './english_sentences.ts'
import { punktSentences } from './punkt.ts'
import { wordsBy } from './words.ts'

/** Views: sentences of the text taken as a whole, and of each line on its own, added up. Lines end at "\n". */
interface Counters {
  text: (doc: Doc) => number
  line: (doc: Doc) => number
}

const words = wordsBy('spacy_english')

const splitters = {
  spacy_english: {
    text(doc) {
      const { offsets, count } = doc.view(words)
      return countEnglishSentences(doc.text, offsets, 0, count, 0, doc.text.length)
    },
    line(doc) {
      const { text } = doc
      if (text === '') return 0
      const { offsets, count } = doc.view(words)
      let sentences = 0
      for (let from = 0, first = 0; from <= text.length; ) {
        const newline = text.indexOf('\n', from)
        const to = newline < 0 ? text.length : newline
        let last = first
        while (last < count && offsets[2 * last]! < to) last++
        sentences += countEnglishSentences(text, offsets, first, last, from, to)
        first = last
        from = to + 1
      }
      return sentences
    },
  },
  nltk_english: {
    text: ({ text }) => countPunktSentences(text),
    line: ({ text }) => text.split('\n').reduce((sum, line) => sum + countPunktSentences(line), 0),
  },
} satisfies Record<string, Counters>

const countPunktSentences = (text: string): number => punktSentences(text).length / 2

type SplitterName = keyof typeof splitters

/** The `splitter` option of rules that count sentences. */
export const splitterOption = z
  .enum(Object.keys(splitters) as [SplitterName, ...SplitterName[]])
  .default('spacy_english')
  .describe('what ends a sentence: spacy_english (any mark that is a word of its own), nltk_english (Punkt, as in FineWeb 1.0)')

/** View: the number of sentences. */
export const countSentencesBy = (splitter: SplitterName, per: keyof Counters): ((doc: Doc) => number) => splitters[splitter][per]
