import { z } from 'zod'
import type { Doc } from '../core/doc.ts'
import { canonicalJson } from '../core/hash.ts'
import { stage } from '../core/stage.ts'
import { languageAndScript, languageModel, languageModelFiles, languageOptions } from '../models/language.ts'

export default stage({
  summary:
    'set `language` and `language_score` (0–1) of each document to its most probable language and that probability; null and 0 without text',
  why: 'Gives every document a language for reports, breakdowns, pinned samples and deduplication by language, and removes nothing.',
  source: 'fastText lid.176 (Joulin et al. 2016; the model is licensed CC-BY-SA 3.0); datatrove LanguageFilter',
  options: {
    ...languageOptions,
    split_script: z
      .boolean()
      .default(false)
      .describe('of labels such as GlotLID’s deu_Latn, make deu the language and set `language_script` to Latn, as datatrove does'),
  },
  models: languageModelFiles,
  async *run(docs, options, task) {
    const { languages, probabilities } = languageModel(options)
    const detected = task.shared(canonicalJson(['detect_language', options]), (doc: Doc) => {
      const all = doc.view(probabilities)
      const language_score = all ? all.reduce((a, b) => Math.max(a, b)) : 0
      const language = all ? languages[all.indexOf(language_score)]! : null
      return doc.withMetadata({ ...(options.split_script ? languageAndScript(language) : { language }), language_score })
    })
    for await (const doc of docs) yield doc.derive(detected)
  },
})
