import { z } from 'zod'
import { editor } from '../core/editor.ts'
import { filePath } from '../core/options.ts'
import { indexOfLabel, loadFastText } from '../models/fasttext/fasttext.ts'
import { sentenceSpans } from '../text/sentences/sentence_spans.ts'

export default editor({
  summary: 'delete sentences to which a fastText classifier gives a label with a high probability; white space around them stays',
  why: 'Takes out what a classifier finds hateful or obscene sentence by sentence, so that a page is not lost for one comment.',
  source:
    'Dolma (Soldaini et al. 2024, §5.2): hate speech and obscenity, at 0.4; its sentences are those of BlingFire, here they end at newlines and marks',
  options: {
    model: filePath('a fastText classifier (.bin or .ftz)'),
    label: z.string().min(1).describe('the label as the model names it, such as __label__toxic'),
    min_score: z.number().min(0).max(1).describe('probability from which on a sentence goes'),
  },
  edit({ model, label, min_score }) {
    const fastText = loadFastText(model)
    const index = indexOfLabel(fastText.labels, label)
    return ({ text }) => {
      const parts: string[] = []
      let at = 0
      for (const { start, end } of sentenceSpans(text)) {
        if ((fastText.probabilities(text.slice(start, end))?.[index] ?? 0) < min_score) continue
        parts.push(text.slice(at, start))
        at = end
      }
      return at === 0 ? text : parts.join('') + text.slice(at)
    }
  },
  examples: [
    {
      text: 'Salt the dough with butter. The roses grew along the hedge.\nStir the onions and the yeast!',
      becomes: ' The roses grew along the hedge.\n',
      options: { model: 'fixtures/models/softmax_bigrams.bin', label: '__label__kitchen', min_score: 0.4 },
    },
    { text: '', becomes: '', options: { model: 'fixtures/models/softmax_bigrams.bin', label: '__label__kitchen', min_score: 0.4 } },
  ],
})
