import { filter } from '../core/filter.ts'
import { lineSplitOption, linesBy } from '../text/lines.ts'
import { tokenizerOption } from '../text/words/word_tokenizers.ts'
import { wordsBy } from '../text/words/words.ts'

export default filter({
  summary: 'words for each line; 0 without lines',
  why: 'Tells prose, with many words a line, from menus and lists, with few.',
  source: 'RedPajama-V2 rps_lines_num_words, taken together',
  range: [0, Number.POSITIVE_INFINITY],
  options: { tokenizer: tokenizerOption, line_split: lineSplitOption('newline_ends') },
  measure({ tokenizer, line_split }) {
    const words = wordsBy(tokenizer)
    const lines = linesBy(line_split)
    return (doc) => {
      const { length } = doc.view(lines)
      return length === 0 ? 0 : doc.view(words).count / length
    }
  },
  examples: [
    { text: 'one two\n\nthree\n', value: 1 },
    { text: 'one, two\n...', value: 1, options: { tokenizer: 'normalized' } },
    { text: '', value: 0 },
  ],
})
