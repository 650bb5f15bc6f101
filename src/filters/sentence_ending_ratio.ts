import { z } from 'zod'
import { filter } from '../core/filter.ts'
import { punktSentences } from '../text/sentences/punkt.ts'

export default filter({
  summary: 'share of the sentences (by Punkt) that end with one of the phrases, in upper or lower case; 0 without sentences',
  why: 'Catches teaser pages, whose sentences end with "read more" or "...".',
  source:
    'MAP-NEO (Zhang et al. 2024) util.py: "read more" (at most 0.1); a pattern without newlines, so that sentences with one never match',
  range: [0, 1],
  options: { endings: z.array(z.string().min(1)).min(1).describe('what sentences may end with') },
  measure({ endings }) {
    const lowerEndings = endings.map((ending) => ending.toLowerCase())
    return ({ text }) => {
      const sentences = punktSentences(text)
      let found = 0
      for (let i = 0; i < sentences.length; i += 2) {
        const sentence = text.slice(sentences[i], sentences[i + 1]).toLowerCase()
        if (lowerEndings.some((ending) => sentence.endsWith(ending)) && !sentence.includes('\n')) found++
      }
      return sentences.length === 0 ? 0 : found / (sentences.length / 2)
    }
  },
  examples: [
    { text: 'It rained. Read more', value: 0.5, options: { endings: ['read more'] } },
    { text: 'It rained\nRead more', value: 0, options: { endings: ['read more'] } },
    { text: '', value: 0, options: { endings: ['read more'] } },
  ],
})
