import { createRequire } from 'node:module'
import type { Doc } from '../core/doc.ts'
import { type FastText, indexOfLabel, loadFastText } from './fasttext.ts'

/**
 * fastText's language identification model (Joulin et al. 2016): 176 languages, quantised, licensed CC-BY-SA 3.0.
 * It comes with the npm package fasttext.wasm.js.
 */
const shippedModel = 'fasttext.wasm.js/dist/fastText/models/lid.176.ftz'
const labelPrefix = '__label__'

export interface LanguageModel {
  /** Languages as the model names them, such as `en`, in the order of the probabilities. */
  languages: readonly string[]
  /** View: the probability of each language, 0 to 1; null for a document without text. */
  probabilities: (doc: Doc) => Float32Array | null
  /** Position of a language in `languages`. Throws a UserError when the model does not know it. */
  index(language: string): number
}

const models = new Map<FastText, LanguageModel>()

/** The model in this file, or the one that comes with decant; every step that names the same file shares one, and its view. */
export function languageModel(path?: string): LanguageModel {
  const fastText = loadFastText(path ?? createRequire(import.meta.url).resolve(shippedModel))
  let model = models.get(fastText)
  if (!model) {
    model = describeLanguages(fastText)
    models.set(fastText, model)
  }
  return model
}

function describeLanguages(fastText: FastText): LanguageModel {
  const languages = fastText.labels.map((label) => (label.startsWith(labelPrefix) ? label.slice(labelPrefix.length) : label))
  return {
    languages,
    // fastText's rounding can report a little more than 1
    probabilities: ({ text }) => (text.trim() === '' ? null : (fastText.probabilities(text)?.map((p) => Math.min(1, p)) ?? null)),
    index: (language) => indexOfLabel(languages, language),
  }
}
