import { z } from 'zod'
import { filter } from '../core/filter.ts'
import { lineSplitOption, linesBy } from '../text/lines.ts'
import { tokenizerOption, tokenizers } from '../text/words/word_tokenizers.ts'
import { wordsBy, wordText } from '../text/words/words.ts'

export default filter({
  summary: 'share of the lines that hold any of the words; upper and lower case differ; 0 without lines',
  why: 'Measures how much of a page is a kind of line, such as warnings about JavaScript, before deciding whether to drop the lines or the page.',
  source: 'RedPajama-V2 rps_lines_javascript_counts, taken together; C4 (Raffel et al. 2020, §2.2) drops such lines',
  range: [0, 1],
  options: {
    words: z.array(z.string().min(1)).min(1).describe('what to look for'),
    tokenizer: tokenizerOption,
    line_split: lineSplitOption('newline_ends'),
  },
  measure({ words: listed, tokenizer, line_split }) {
    const sought = new Set(listed)
    const words = wordsBy(tokenizer)
    const lines = linesBy(line_split)
    const holds = (line: string): boolean => {
      const { text, offsets } = tokenizers[tokenizer](line)
      for (let i = 0; i < offsets.length; i += 2) if (sought.has(text.slice(offsets[i], offsets[i + 1]))) return true
      return false
    }
    return (doc) => {
      const all = doc.view(words)
      // Few texts hold any; only those are taken apart.
      for (let id = 0; id < all.distinct; id++) {
        if (sought.has(wordText(all, id))) return doc.view(lines).filter(holds).length / doc.view(lines).length
      }
      return 0
    }
  },
  examples: [
    { text: 'Enable JavaScript!\nJava script\n\nend\n', value: 0.25, options: { words: ['javascript'], tokenizer: 'normalized' } },
    { text: 'JavaScript', value: 0, options: { words: ['javascript'] } },
    { text: '', value: 0, options: { words: ['javascript'] } },
  ],
})
