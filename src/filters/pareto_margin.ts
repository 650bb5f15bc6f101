import { z } from 'zod'
import { filter } from '../core/filter.ts'
import { unit } from '../core/hash.ts'
import { filePath } from '../core/options.ts'
import { indexOfLabel, loadFastText } from '../models/fasttext/fasttext.ts'

export default filter({
  summary:
    "a draw from a Pareto distribution, made by the document's id, minus (1 − the probability of a label by a fastText classifier): above 0 with probability (2 − p) ** −alpha",
  why: 'Keeps some pages of every score, fewer the lower it is, so that a quality classifier does not narrow the corpus to what its training set looks like.',
  source: 'Pile-CC (Gao et al. 2020, App. C.1; EleutherAI/pile-cc-filtering): alpha 3, after GPT-3',
  options: {
    model: filePath('a fastText classifier (.bin or .ftz)'),
    label: z.string().min(1).describe('the label as the model names it'),
    alpha: z.number().positive().default(3).describe('shape of the distribution: the higher, the fewer improbable documents are kept'),
    seed: z.union([z.string(), z.number()]).default(0).describe('another seed makes other draws'),
    from: z.int().min(0).default(2500).describe('first character of the text that the classifier sees'),
    to: z.int().positive().default(4000).describe('and the one it no longer sees; of a shorter text, the last to − from characters'),
  },
  measure({ model, label, alpha, seed, from, to }) {
    const fastText = loadFastText(model)
    const index = indexOfLabel(fastText.labels, label)
    return ({ id, text }) => {
      const seen = [...text.slice(0, 2 * to)]
        .slice(0, to)
        .slice(from - to)
        .join('')
      const probability = seen.trim() === '' ? 0 : Math.min(1, fastText.probabilities(seen)?.[index] ?? 0)
      return (1 - unit(`pareto:${seed}`, id)) ** (-1 / alpha) - 1 - (1 - probability)
    }
  },
  examples: [
    {
      text: 'The river rose in the night.',
      value: 0.33678538888956133,
      options: { model: 'fixtures/models/softmax_bigrams.bin', label: '__label__garden' },
    },
    { text: '', value: -0.5320883265111345, options: { model: 'fixtures/models/softmax_bigrams.bin', label: '__label__garden' } },
  ],
})
