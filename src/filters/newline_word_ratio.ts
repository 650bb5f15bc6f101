import { filter } from '../core/filter.ts'
import { newlineCount } from '../text/lines.ts'
import { tokenizerOption } from '../text/words/word_tokenizers.ts'
import { tokensBy } from '../text/words/words.ts'

export default filter({
  summary: 'newlines for each word: high for lists; 0 without words',
  why: 'Catches lists of single words and links: text that has almost as many lines as words.',
  source: 'datatrove fineweb_quality_filter.py: list_ratio, at most 0.3',
  options: { tokenizer: tokenizerOption },
  measure({ tokenizer }) {
    const tokens = tokensBy(tokenizer)
    return (doc) => {
      const count = doc.view(tokens).offsets.length / 2
      return count === 0 ? 0 : doc.view(newlineCount) / count
    }
  },
  examples: [
    { text: 'one\ntwo three.\n', value: 0.5 },
    { text: '\n\n', value: 0 },
    { text: '', value: 0 },
  ],
})
