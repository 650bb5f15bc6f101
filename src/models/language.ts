import { createRequire } from 'node:module'
import type { Doc } from '../core/doc.ts'
import { filePath } from '../core/options.ts'
import { type FastText, indexOfLabel, loadFastText, type Newlines, newlinesOption, withoutNewlines } from './fasttext/fasttext.ts'

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

/** Where the model is that comes with decant. */
export const defaultLanguageModel = (): string => createRequire(import.meta.url).resolve(shippedModel)

/** Model files that a step with these options reads and does not name. */
export const languageModelFiles = ({ model }: LanguageOptions): readonly string[] => (model === undefined ? [defaultLanguageModel()] : [])

/** What the options of a step say about the model. */
interface LanguageOptions {
  model?: string | undefined
  newlines?: Newlines
}

const modelsBy: Record<Newlines, Map<FastText, LanguageModel>> = { space: new Map(), nothing: new Map() }

/** The `model` and `newlines` options of steps that detect languages. */
export const languageOptions = {
  model: filePath('a fastText classifier (.bin or .ftz) with languages as labels; without it, the lid.176.ftz that comes along').optional(),
  newlines: newlinesOption,
}

/** The model in this file, or the one that comes with decant; every step with the same options shares one, and its view. */
export function languageModel({ model: path, newlines = 'space' }: LanguageOptions = {}): LanguageModel {
  const fastText = loadFastText(path ?? defaultLanguageModel())
  const models = modelsBy[newlines]
  let model = models.get(fastText)
  if (!model) {
    model = describeLanguages(fastText, newlines)
    models.set(fastText, model)
  }
  return model
}

/** "deu_Latn" → deu and Latn; a language without a script has none. */
export function languageAndScript(label: string | null): { language: string | null; language_script: string | null } {
  const [, language, script] = /^(.+)_([A-Z][a-z]{3})$/.exec(label ?? '') ?? []
  return { language: language ?? label, language_script: script ?? null }
}

function describeLanguages(fastText: FastText, newlines: Newlines): LanguageModel {
  const languages = fastText.labels.map((label) => (label.startsWith(labelPrefix) ? label.slice(labelPrefix.length) : label))
  return {
    languages,
    probabilities({ text }) {
      if (text.trim() === '') return null
      const all = fastText.probabilities(withoutNewlines(text, newlines))
      // fastText's rounding can report a little more than 1
      return all?.map((p) => Math.min(1, p)) ?? null
    },
    index: (language) => indexOfLabel(languages, language),
  }
}
