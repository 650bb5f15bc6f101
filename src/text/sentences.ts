import type { Doc } from '../core/doc.ts'
import { countEnglishSentences } from './spacy_sentences.ts'
import { wordsBy } from './words.ts'

const words = wordsBy('spacy_english')

/** View: sentences of the text taken as a whole; at least 1. */
export function countSentences(doc: Doc): number {
  const { offsets, count } = doc.view(words)
  return countEnglishSentences(doc.text, offsets, 0, count, 0, doc.text.length)
}

/** View: sentences of each line on its own, added up. Lines end at "\n"; those without words have none. */
export function countSentencesByLine(doc: Doc): number {
  const { text } = doc
  const { offsets, count } = doc.view(words)
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
