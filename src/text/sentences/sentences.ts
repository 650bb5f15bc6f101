import { z } from 'zod'
import type { Doc } from '../../core/doc.ts'
import { tokensBy } from '../words/words.ts'
import { countMarkedSentences } from './marked_sentences.ts'
import { punktSentences } from './punkt.ts'
import { countEnglishSentences } from './spacy_sentences.ts'

const words = tokensBy('spacy_english')

function countEnglish(doc: Doc): number {
  const { offsets } = doc.view(words)
  return countEnglishSentences(doc.text, offsets, 0, offsets.length / 2, 0, doc.text.length)
}

/** Lines without words have no sentence. */
function countEnglishByLine(doc: Doc): number {
  const { text } = doc
  const { offsets } = doc.view(words)
  const count = offsets.length / 2
  let sentences = 0
  for (let from = 0, first = 0; from <= text.length; ) {
    const newline = text.indexOf('\n', from)
    const to = newline < 0 ? text.length : newline
    let last = first
    while (last < count && offsets[2 * last]! < to) last++
    if (last > first) sentences += countEnglishSentences(text, offsets, first, last, from, to)
    first = last
    from = to + 1
  }
  return sentences
}

const countPunkt = (text: string): number => punktSentences(text).length / 2

const sumOverLines = (text: string, count: (line: string) => number): number => text.split('\n').reduce((sum, line) => sum + count(line), 0)

const counters = {
  spacy_english: { text: countEnglish, line: countEnglishByLine },
  nltk_english: {
    text: ({ text }: Doc) => countPunkt(text),
    line: ({ text }: Doc) => sumOverLines(text, countPunkt),
  },
  marks: {
    text: ({ text }: Doc) => countMarkedSentences(text),
    line: ({ text }: Doc) => sumOverLines(text, countMarkedSentences),
  },
}
type SentenceSplitterName = keyof typeof counters

/** The `splitter` option of rules that count sentences. */
export const splitterOption = z
  .enum(Object.keys(counters) as [SentenceSplitterName, ...SentenceSplitterName[]])
  .default('spacy_english')
  .describe(
    'what ends a sentence: spacy_english (a mark that is a word of its own), nltk_english (Punkt, as in FineWeb 1.0), marks (each . ! or ?, wherever it stands, as in RedPajama-V2)',
  )

/** View: sentences of the text taken as a whole, or of each line on its own, added up. Lines end at "\n". */
export const countSentencesBy = (splitter: SentenceSplitterName, per: 'text' | 'line'): ((doc: Doc) => number) => counters[splitter][per]
