import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { hasStep } from '../pipeline/registry.ts'
import { editorTemplate } from './templates.ts'

// npm run new -- upper_ratio [--kind filter|editor]: a working rule and its test, to change into the one you want.

const usage = 'usage: npm run new -- NAME [--kind filter|editor]'

function main(): number {
  const { values, positionals } = parseArgs({ strict: false, options: { kind: { type: 'string', default: 'filter' } } })
  const [name] = positionals
  const { kind, ...unknown } = values
  if (name === undefined || positionals.length > 1 || Object.keys(unknown).length > 0 || (kind !== 'filter' && kind !== 'editor'))
    return refuse(usage)
  if (!/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(name))
    return refuse(`"${name}" is not snake_case`, 'upper_ratio, or remove_dates with --kind editor')
  const repository = fileURLToPath(new URL('../..', import.meta.url))
  if (repository.split(sep).includes('node_modules') || !existsSync(join(repository, 'src/core/filter.ts')))
    return refuse(`${repository} is an installation, without sources`, 'clone the repository and run npm run new there')
  const step = join(`src/${kind}s`, `${name}.ts`)
  const test = join(`test/${kind}s`, `${name}.test.ts`)
  const places = ['filters', 'editors', 'stages', 'barriers'].map((folder) => join('src', folder, `${name}.ts`))
  const taken = hasStep(name) ? name : [...places, test].find((path) => existsSync(join(repository, path)))
  if (taken !== undefined) return refuse(`${taken} already exists`, 'decant describe lists all steps')
  const files = kind === 'editor' ? editor(name) : name.endsWith('_ratio') ? ratio(name) : count(name)
  for (const [path, text] of [
    [step, files.step],
    [test, files.test],
  ] as const) {
    mkdirSync(dirname(join(repository, path)), { recursive: true })
    writeFileSync(join(repository, path), text, { flag: 'wx' })
    console.log(`wrote ${path}`)
  }
  console.log(kind === 'editor' ? nextOfEditor(name, step, test) : nextOfFilter(name, step, test))
  return 0
}

const crawl = "-i 'fixtures/crawl/*.warc.gz' -o runs/try"

const nextOfFilter = (name: string, step: string, test: string): string => `
next
  1. edit ${step} to measure what you want, and its examples to show it
  2. npx vitest run ${test} test/filters/examples.test.ts
  3. npm run docs           updates the pages of steps, the tables of recipes and the schema
  4. add "- ${name}" to a pipeline file, here my.yaml; without a bound it only measures
  5. try it on a crawl, without removing anything:
       decant measure my.yaml ${crawl}
       decant compare runs/try --set ${name}.max=${name.endsWith('_ratio') ? '0.5' : '100'}`

const nextOfEditor = (name: string, step: string, test: string): string => `
next
  1. edit ${step} to change what you want, and its examples to show it
  2. npx vitest run ${test} test/filters/examples.test.ts
  3. npm run docs           updates the pages of steps, the tables of recipes and the schema
  4. add "- ${name}" to a pipeline file, here my.yaml
  5. try it on a crawl, and see what it does to a page:
       decant run my.yaml ${crawl} --measure
       decant why runs/try URL`

function refuse(message: string, hint?: string): number {
  console.error(`new: ${message}${hint ? `\n  hint: ${hint}` : ''}`)
  return 2
}

interface Files {
  step: string
  test: string
}

const ratio = (name: string): Files => ({
  step: `import { filter } from '../core/filter.ts'
import { wordsBy, wordText } from '../text/words/words.ts'

export default filter({
  summary: 'share of the words that are in upper case; 0 without words',
  why: 'Catches headlines and shouting.',
  source: 'this repository',
  measure() {
    const words = wordsBy('whitespace')
    return (doc) => {
      const found = doc.view(words)
      let upper = 0
      for (let id = 0; id < found.distinct; id++) if (isUpperCase(wordText(found, id))) upper += found.counts[id]!
      return found.count === 0 ? 0 : upper / found.count
    }
  },
  examples: [
    { text: 'NASA was HERE', value: 2 / 3 },
    { text: '日本語 42', value: 0 },
    { text: '', value: 0 },
  ],
})

const isUpperCase = (word: string): boolean => word === word.toUpperCase() && word !== word.toLowerCase()
`,
  test: filterTest(name, [
    ['one word of two', 'a BC', 0.5],
    ['each occurrence counts', 'AB AB c AB', 0.75],
    ['Greek and Cyrillic', 'ΑΒ жж', 0.5],
    ['astral letters', '𝐀 𐐀 𐐨', 1 / 3],
    ['digits and marks have no case', '12 !?', 0],
    ['empty', '', 0],
  ]),
})

const count = (name: string): Files => ({
  step: `import { filter } from '../core/filter.ts'
import { linesBy } from '../text/lines.ts'

export default filter({
  summary: 'number of lines that end with a question mark',
  why: 'Finds lists of questions.',
  source: 'this repository',
  measure() {
    const lines = linesBy('newline')
    return (doc) => doc.view(lines).filter((line) => /[?？؟]$/.test(line.trimEnd())).length
  },
  examples: [
    { text: 'What?\\nThat.\\nWho? ', value: 2 },
    { text: '何ですか？', value: 1 },
    { text: '', value: 0 },
  ],
})
`,
  test: filterTest(name, [
    ['the last line counts', 'a\nb?', 1],
    ['not inside a line', 'a? b', 0],
    ['white space behind it', 'a? \t\nb', 1],
    ['Arabic and full-width marks', 'ما هذا؟\n何？', 2],
    ['astral letters', '𝐀?', 1],
    ['empty', '', 0],
  ]),
})

const editor = (name: string): Files => ({
  step: editorTemplate("import { editor } from '../core/editor.ts'\nimport { linesBy } from '../text/lines.ts'", 'this repository'),
  test: `import { expect, test } from 'vitest'
import ${camel(name)} from '../../src/editors/${name}.ts'
import { edited } from '../support.ts'

test.each([
  ['spaces and tabs', 'a \\t\\nb', 'a\\nb'],
  ['nothing to do', 'a\\n\\nb', 'a\\n\\nb'],
  ['other spaces', 'a\\u3000\\n日本', 'a\\n日本'],
  ['astral characters', '😀 ', '😀'],
  ['empty', '', ''],
])('%s', async (_, text, expected) => {
  expect(await edited(${camel(name)}, text)).toBe(expected)
})
`,
})

const filterTest = (name: string, rows: [title: string, text: string, value: number][]): string => `import { expect, test } from 'vitest'
import ${camel(name)} from '../../src/filters/${name}.ts'
import { measured } from '../support.ts'

test.each([
${rows.map(([title, text, value]) => `  ['${title}', '${text.replace(/[\n\t]/g, (c) => (c === '\n' ? '\\n' : '\\t'))}', ${value === 1 / 3 ? '1 / 3' : value}],`).join('\n')}
])('%s', async (_, text, expected) => {
  expect(await measured(${camel(name)}, text)).toBe(expected)
})
`

/** A name as a variable; with a word before it where it could be a word of the language. */
function camel(name: string): string {
  const joined = name.replace(/_([a-z0-9])/g, (_, c: string) => c.toUpperCase())
  return name.includes('_') ? joined : `${joined}Step`
}

process.exitCode = main()
