import { z } from 'zod'
import { filter } from '../core/filter.ts'
import { filePath } from '../core/options.ts'
import { indexOfLabel, loadFastText, newlinesOption, withoutNewlines } from '../models/fasttext/fasttext.ts'
import { sentenceSpans } from '../text/sentences/sentence_spans.ts'

const partsOf = {
  text: (text: string) => [text],
  paragraph: (text: string) => text.split(/\n{2,}/),
  sentence: (text: string) => sentenceSpans(text).map(({ start, end }) => text.slice(start, end)),
}

export default filter({
  summary:
    'probability (0–1) of a label by a fastText classifier, the text (or each part of it, and then the mean) taken as one line; 0 for a blank text',
  why: 'Runs a classifier of your own or a published one, such as the quality classifiers of DCLM and RedPajama-V1, which see what no count of words does.',
  source: 'DCLM (Li et al. 2024, §4.4), at least 0.018112; RedPajama-V1, 0.25; Dolma 1.7',
  range: [0, 1],
  options: {
    model: filePath('a fastText classifier (.bin or .ftz)'),
    label: z.string().min(1).describe('the label as the model names it, such as __label__hq'),
    per: z
      .enum(['text', 'paragraph', 'sentence'])
      .default('text')
      .describe(
        'what the model sees at a time: the whole text, what stands between empty lines, or sentences (which end at newlines and marks)',
      ),
    newlines: newlinesOption,
  },
  measure({ model, label, per, newlines }) {
    const fastText = loadFastText(model)
    const index = indexOfLabel(fastText.labels, label)
    // fastText's rounding can report a little more than 1
    const score = (part: string): number => Math.min(1, fastText.probabilities(withoutNewlines(part, newlines))?.[index] ?? 0)
    return ({ text }) => {
      const parts = partsOf[per](text).filter((part) => part.trim() !== '')
      return parts.length === 0 ? 0 : parts.reduce((sum, part) => sum + score(part), 0) / parts.length
    }
  },
  examples: [
    {
      text: 'The river rose in the night.',
      value: 0.8688737154006958,
      options: { model: 'fixtures/models/softmax_bigrams.bin', label: '__label__garden' },
    },
    {
      text: 'The ri\nver rose in the night.',
      value: 0.8688737154006958,
      options: { model: 'fixtures/models/softmax_bigrams.bin', label: '__label__garden', newlines: 'nothing' },
    },
    { text: '', value: 0, options: { model: 'fixtures/models/softmax_bigrams.bin', label: '__label__garden' } },
  ],
})
