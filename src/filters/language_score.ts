import { z } from 'zod'
import { filter } from '../core/filter.ts'
import { languageModel, languageModelFiles, languageOptions } from '../models/language.ts'

export default filter({
  summary: 'probability (0–1) that the text is in the most probable of `languages`; 0 for a text without words',
  why: 'Keeps the languages you want. A low probability for all of them is also a sign of broken text, code or a mix of languages.',
  source: 'fastText lid.176 (Joulin et al. 2016; the model is licensed CC-BY-SA 3.0); datatrove LanguageFilter (above 0.65)',
  range: [0, 1],
  options: {
    languages: z
      .array(z.string())
      .nonempty()
      .default(['en'])
      .describe('languages as the model names them: ISO 639-1 where there is one, else 639-3'),
    ...languageOptions,
  },
  models: languageModelFiles,
  measure({ languages, ...options }) {
    const { probabilities, index } = languageModel(options)
    const labels = languages.map(index)
    return (doc) => {
      const all = doc.view(probabilities)
      return all ? Math.max(...labels.map((i) => all[i]!)) : 0
    }
  },
  examples: [
    { text: '', value: 0 },
    { text: '\n \t', value: 0 },
    { text: 'The river rose in the night, and by morning the lower meadow was a lake.', value: 0.9809561967849731 },
    { text: 'Der Fluss stieg in der Nacht.', value: 0.9676896333694458, options: { languages: ['en', 'de'] } },
  ],
})
