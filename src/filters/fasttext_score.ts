import { z } from 'zod'
import { filter } from '../core/filter.ts'
import { filePath } from '../core/options.ts'
import { indexOfLabel, loadFastText, newlinesOption, withoutNewlines } from '../models/fasttext.ts'

export default filter({
  summary: 'probability (0–1) of a label by a fastText classifier, its text taken as one line; 0 for a blank text',
  source: 'DCLM (Li et al. 2024, §4.4), at least 0.018112; RedPajama-V1, 0.25; Dolma 1.7',
  options: {
    model: filePath('a fastText classifier (.bin or .ftz)'),
    label: z.string().min(1).describe('the label as the model names it, such as __label__hq'),
    newlines: newlinesOption,
  },
  measure({ model, label, newlines }) {
    const fastText = loadFastText(model)
    const index = indexOfLabel(fastText.labels, label)
    // fastText's rounding can report a little more than 1
    return ({ text }) => (text.trim() === '' ? 0 : Math.min(1, fastText.probabilities(withoutNewlines(text, newlines))?.[index] ?? 0))
  },
  examples: [
    {
      text: 'The river rose in the night.',
      value: 0.8688738346,
      options: { model: 'fixtures/models/softmax_bigrams.bin', label: '__label__garden' },
    },
    {
      text: 'The ri\nver rose in the night.',
      value: 0.8688738346,
      options: { model: 'fixtures/models/softmax_bigrams.bin', label: '__label__garden', newlines: 'nothing' },
    },
    { text: '', value: 0, options: { model: 'fixtures/models/softmax_bigrams.bin', label: '__label__garden' } },
  ],
})
