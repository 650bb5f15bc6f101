import { expect, test } from 'vitest'
import { sentenceSpans } from '../../../src/text/sentences/sentence_spans.ts'

test.each<[text: string, sentences: string[]]>([
  ['', []],
  [' \n ', []],
  ['One. Two! "Three?" (Four.) Five', ['One.', 'Two!', '"Three?"', '(Four.)', 'Five']],
  ['one\ntwo\n\n three ', ['one', 'two', 'three']],
  ['At 3.50 or example.org', ['At 3.50 or example.org']],
  ['Mr. Smith', ['Mr.', 'Smith']],
  ['Да. Нет… 😀', ['Да.', 'Нет…', '😀']],
])('%j', (text, sentences) => {
  expect(sentenceSpans(text).map(({ start, end }) => text.slice(start, end))).toEqual(sentences)
})
