import { isSpace } from '../python.ts'
import type { Span } from '../replace_in_turn.ts'

// One (two!) "Three?" Four → 4 spans
/**
 * The sentences of a text, without white space around them: they end at newlines, and at marks with white space behind them. Abbreviations
 * are not known: "Mr. Smith" ends a sentence.
 */
export function sentenceSpans(text: string): Span[] {
  const spans: Span[] = []
  let start = 0
  const close = (to: number): void => {
    let end = to
    while (start < end && isSpace(text.charCodeAt(start))) start++
    while (end > start && isSpace(text.charCodeAt(end - 1))) end--
    if (end > start) spans.push({ start, end })
    start = to
  }
  for (const { index } of text.matchAll(sentenceEnd)) close(index)
  close(text.length)
  return spans
}

const sentenceEnd = /\n|(?<=[.?!…。！？]["'”’)\]]{0,3})(?=\s)/g
