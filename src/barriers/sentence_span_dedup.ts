import { z } from 'zod'
import { segmentDedup } from '../dedup/segment_dedup.ts'
import { normalizerOption, normalizers } from '../text/normalizers.ts'
import { splitLines, stripStart } from '../text/python.ts'
import { punktSentences } from '../text/sentences/punkt.ts'
import { tokenizerOption, tokenizers } from '../text/words/word_tokenizers.ts'

/** Sentences of a text with the white space before each, and what joins them again. */
const splitters = {
  nltk_english: {
    cut(text: string): string[] {
      const spans = punktSentences(text)
      const sentences: string[] = []
      for (let i = 1, from = 0; i < spans.length; i += 2) {
        if (spans[i - 1] === spans[i]) continue
        sentences.push(text.slice(from, spans[i]))
        from = spans[i]!
      }
      return sentences
    },
    joint: '',
  },
  lines: { cut: splitLines, joint: '\n' },
}
type SpanSplitterName = keyof typeof splitters

export default segmentDedup({
  summary: 'remove spans of so many sentences in a row that stand elsewhere too, in the same document or another',
  why: 'Removes passages that several pages share, such as quotations of press releases, by spans of sentences; the lines they stand in need not be equal.',
  source:
    'C4 (Raffel et al. 2020, §2.2: spans of three sentences), datatrove sentence_dedup.py; where it reprieves a short span (min_span_words) all of it stays, not its first sentence alone',
  keeps: 'enough sentences of its own',
  options: {
    n_sentences: z.int().min(1).max(100).default(3).describe('sentences in a span'),
    splitter: z
      .enum(Object.keys(splitters) as [SpanSplitterName, ...SpanSplitterName[]])
      .default('nltk_english')
      .describe('what ends a sentence: nltk_english (Punkt), lines (str.splitlines)'),
    normalizer: normalizerOption,
    tokenizer: tokenizerOption,
    min_span_words: z.int().min(1).optional().describe('stretches of removed sentences that have fewer words than this stay after all'),
    min_left_words: z.int().min(1).optional().describe('remove documents that have lost text and have fewer words left'),
    min_left_sentences: z.int().min(1).optional().describe('remove documents that have lost text and have fewer sentences left'),
  },
  segments({ n_sentences, splitter, normalizer }) {
    const { cut } = splitters[splitter]
    const normalize = normalizers[normalizer]
    return ({ text }) => {
      const sentences = cut(text).map(normalize)
      return sentences.map((_, i) => (i + n_sentences > sentences.length ? null : sentences.slice(i, i + n_sentences).join(' ')))
    }
  },
  without({ n_sentences, splitter, tokenizer, min_span_words: least = 0 }) {
    const { cut, joint } = splitters[splitter]
    const tokenize = tokenizers[tokenizer]
    return (text, dropped) => {
      const sentences = cut(text)
      const kept: string[] = []
      for (let i = 0, next = 0; i < sentences.length; ) {
        let end = i
        for (; next < dropped.length && dropped[next]! <= end; next++) end = Math.max(end, dropped[next]! + n_sentences)
        const span = sentences.slice(i, end)
        if (span.length === 0) kept.push(sentences[i++]!)
        else if (least > 0 && tokenize(span.join(joint)).offsets.length / 2 < least) kept.push(...span)
        i = Math.max(i, end)
      }
      return kept.length === sentences.length ? text : stripStart(kept.join(joint))
    }
  },
  isShort({ splitter, tokenizer, min_left_words: words = 0, min_left_sentences: sentences = 0 }) {
    const { cut } = splitters[splitter]
    const tokenize = tokenizers[tokenizer]
    return (text) => (words > 0 && tokenize(text).offsets.length / 2 < words) || cut(text).length < sentences
  },
})
