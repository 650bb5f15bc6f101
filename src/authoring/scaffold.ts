import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { hasStep } from '../pipeline/registry.ts'

// npm run new -- upper_ratio [--kind filter|editor]: a working rule and its test, to be changed into the one you want.

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
  const step = join(`src/${kind}s`, `${name}.ts`)
  const test = join(`test/${kind}s`, `${name}.test.ts`)
  const places = ['filters', 'editors', 'stages', 'barriers'].map((folder) => join('src', folder, `${name}.ts`))
  const taken = hasStep(name) ? name : [...places, test].find((path) => existsSync(join(repository, path)))
  if (taken !== undefined) return refuse(`${taken} exists already`, 'decant describe lists all steps')
  const files = kind === 'editor' ? editor(name) : name.endsWith('_ratio') ? ratio(name) : count(name)
  for (const [path, text] of [
    [step, files.step],
    [test, files.test],
  ] as const) {
    mkdirSync(dirname(join(repository, path)), { recursive: true })
    writeFileSync(join(repository, path), text, { flag: 'wx' })
    console.log(`wrote ${path}`)
  }
  const bound = kind === 'editor' ? '' : `: {max: ${name.endsWith('_ratio') ? '0.5' : '100'}}`
  console.log(`
next
  1. make ${step} ${kind === 'editor' ? 'change' : 'measure'} what you want, and its examples say so
  2. npx vitest run ${test} test/filters/examples.test.ts
  3. npm run docs            the tables in README.md and the schema know it
  4. - ${name}${bound}    in a pipeline file`)
  return 0
}

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

export default filter({
  summary: 'share of the letters that are upper case',
  source: 'this repository',
  measure: () => (doc) => {
    const letters = doc.text.match(/\\p{L}/gu)?.length ?? 0
    const upper = doc.text.match(/\\p{Lu}/gu)?.length ?? 0
    return letters === 0 ? 0 : upper / letters
  },
  examples: [
    { text: 'ABCd 12', value: 0.75 },
    { text: '日本語', value: 0 },
    { text: '', value: 0 },
  ],
})
`,
  test: filterTest(name, [
    ['one letter of two', 'aB', 0.5],
    ['Greek and Cyrillic', 'ΑΒ жж', 0.5],
    ['astral letters', '𝐀𝐚', 0.5],
    ['digits and signs are no letters', '12 !?', 0],
    ['empty', '', 0],
  ]),
})

const count = (name: string): Files => ({
  step: `import { filter } from '../core/filter.ts'

export default filter({
  summary: 'number of letters that are upper case',
  source: 'this repository',
  measure: () => (doc) => doc.text.match(/\\p{Lu}/gu)?.length ?? 0,
  examples: [
    { text: 'ABCd 12', value: 3 },
    { text: '日本語', value: 0 },
    { text: '', value: 0 },
  ],
})
`,
  test: filterTest(name, [
    ['one letter of two', 'aB', 1],
    ['Greek and Cyrillic', 'ΑΒ жж', 2],
    ['astral letters', '𝐀𝐚', 1],
    ['digits and signs are no letters', '12 !?', 0],
    ['empty', '', 0],
  ]),
})

const editor = (name: string): Files => ({
  step: `import { editor } from '../core/editor.ts'

export default editor({
  summary: 'remove white space at the ends of lines',
  source: 'this repository',
  edit: () => (doc) => doc.text.replace(/[^\\S\\n]+$/gm, ''),
  examples: [
    { text: 'one  \\ntwo\\t\\n', becomes: 'one\\ntwo\\n' },
    { text: '', becomes: '' },
  ],
})
`,
  test: `import { expect, test } from 'vitest'
import { Doc } from '../../src/core/doc.ts'
import ${camel(name)} from '../../src/editors/${name}.ts'

const edit = await ${camel(name)}.edit(${camel(name)}.schema.parse({}))

test.each([
  ['spaces and tabs', 'a \\t\\nb', 'a\\nb'],
  ['nothing to do', 'a\\n\\nb', 'a\\n\\nb'],
  ['other spaces', 'a\\u3000\\n日本', 'a\\n日本'],
  ['empty', '', ''],
])('%s', (_, text, expected) => {
  expect(edit(new Doc({ id: 'a', text }))).toBe(expected)
})
`,
})

const filterTest = (name: string, rows: [string, string, number][]): string => `import { expect, test } from 'vitest'
import { Doc } from '../../src/core/doc.ts'
import ${camel(name)} from '../../src/filters/${name}.ts'

const measure = await ${camel(name)}.measure(${camel(name)}.schema.parse({}))

test.each([
${rows.map(([title, text, value]) => `  ['${title}', '${text}', ${value}],`).join('\n')}
])('%s', (_, text, expected) => {
  expect(measure(new Doc({ id: 'a', text }))).toBe(expected)
})
`

/** A name as a variable; with a word before it where it could be a word of the language. */
function camel(name: string): string {
  const joined = name.replace(/_([a-z0-9])/g, (_, c: string) => c.toUpperCase())
  return name.includes('_') ? joined : `${joined}Step`
}

process.exitCode = main()
