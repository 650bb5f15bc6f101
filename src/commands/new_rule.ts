import { existsSync, writeFileSync } from 'node:fs'
import { editorTemplate } from '../authoring/templates.ts'
import { UserError } from '../core/errors.ts'
import { hasStep } from '../pipeline/registry.ts'

const runsTypeScript = (): boolean => Boolean((process.features as { typescript?: unknown }).typescript)

/** Write a working rule, editor or recipe into this folder, to change into the one that is wanted. */
export function newRule(kind: 'rule' | 'editor' | 'recipe', name: string, flags: { js?: boolean }): void {
  const shape = kind === 'recipe' ? /^[a-z][a-z0-9_-]*$/ : /^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/
  if (!shape.test(name)) throw new UserError(`"${name}" cannot name a ${kind}`, 'use lower case, digits and _, such as upper_ratio')
  if (kind !== 'recipe' && hasStep(name))
    throw new UserError(`"${name}" is a bundled step`, 'choose another name; decant describe lists all steps')
  const file = kind === 'recipe' ? `${name}.yaml` : `${name}.${flags.js || !runsTypeScript() ? 'js' : 'ts'}`
  if (existsSync(file)) throw new UserError(`${file} already exists`)
  writeFileSync(file, kind === 'recipe' ? recipe(name) : kind === 'rule' ? rule : editor, { flag: 'wx' })
  console.log(`wrote ${file}\n\nnext\n  decant test ${file}`)
  console.log(
    kind === 'recipe'
      ? `  decant run ${file} -i CRAWL -o runs/${name}`
      : `  add "- use: ./${file}" to a recipe (decant new recipe NAME writes one)`,
  )
}

const rule = `import { filter, wordsBy, wordText, z } from 'decant'

export default filter({
  summary: 'share of the words that are in upper case; 0 for fewer words than "least"',
  why: 'Catches headlines and shouting.',
  source: 'my own',
  options: {
    least: z.number().int().default(1).describe('words from which on the share counts'),
  },
  measure({ least }) {
    const words = wordsBy('whitespace')
    return (doc) => {
      const found = doc.view(words)
      let upper = 0
      for (let id = 0; id < found.distinct; id++) if (isUpperCase(wordText(found, id))) upper += found.counts[id] ?? 0
      return found.count < least ? 0 : upper / found.count
    }
  },
  examples: [
    { text: 'NASA was HERE', value: 2 / 3 },
    { text: 'NASA was HERE', options: { least: 10 }, value: 0 },
    { text: '', value: 0 },
  ],
})

const isUpperCase = (word) => word === word.toUpperCase() && word !== word.toLowerCase()
`.replace('(word) =>', runsTypeScript() ? '(word: string): boolean =>' : '(word) =>')

const editor = editorTemplate("import { editor, linesBy } from 'decant'", 'my own')

const recipe = (name: string): string => `name: ${name}
description: English pages of at least 20 words
steps:
  - extract_html
  - detect_language
  - language_score: { languages: [en], min: 0.65 }
  - word_count: { min: 20 }
  # - use: ./upper_ratio.js
  #   max: 0.5
  - token_count

# Run them with "decant test ${name}.yaml".
tests:
  - name: a page of English
    html: "<h1>The river</h1><p>When the river rose in the spring of that year, the people carried their furniture upstairs and waited for the water to fall again.</p>"
    kept: true
  - name: too short
    text: The river rose in the spring.
    removed: word_count.min
`
