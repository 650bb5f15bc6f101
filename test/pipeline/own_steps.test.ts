import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { codeOf } from '../../src/pipeline/code.ts'
import { readConfig } from '../../src/pipeline/config.ts'
import { findModule, loadOwn, ownName } from '../../src/pipeline/own_steps.ts'
import { decant, fileWith, jsonLines, parquetRows, temporaryFolder } from '../support.ts'

const dir = temporaryFolder()
const rule = (body = "(doc) => doc.text.replace(/[^A-Z]/g, '').length / doc.text.length"): string => `import { filter } from 'decant'
export default filter({ summary: 'share of capitals', source: 'here', measure: () => ${body}, examples: [] })
`
/** A file of a folder that is made with it. */
function own(path: string, text: string): string {
  mkdirSync(join(dir, path, '..'), { recursive: true })
  return fileWith(dir, path, text)
}
const recipe = (name: string, use: string): string => own(name, `name: own\nsteps:\n  - read\n  - ${use}\n  - write\n`)

describe('the module that "use" names', () => {
  for (const path of ['a/caps.js', 'a/folder/index.mjs', 'a/node_modules/@me/rules/dist/caps.js', 'node_modules/plain/caps.js'])
    own(path, rule())
  own(
    'a/node_modules/@me/rules/package.json',
    JSON.stringify({ exports: { './caps': { require: './no.cjs', import: './dist/caps.js' }, '.': null } }),
  )
  own('node_modules/plain/package.json', JSON.stringify({ main: 'caps.js' }))
  test.each([
    ['./caps.js', 'a/caps.js', 'caps'],
    ['./caps', 'a/caps.js', 'caps'],
    ['caps.js', 'a/caps.js', 'caps'],
    ['./folder', 'a/folder/index.mjs', 'folder'],
    ['../a/folder/', 'a/folder/index.mjs', 'folder'],
    ['@me/rules/caps', 'a/node_modules/@me/rules/dist/caps.js', 'caps'],
    ['plain', 'node_modules/plain/caps.js', 'caps'],
    ['plain/caps.js', 'a/plain/caps.js', undefined],
    ['@me/rules', undefined, undefined],
    ['./other.js', undefined, undefined],
    ['absent', undefined, undefined],
  ])('%s', (named, path, name) => {
    const found = findModule(named, join(dir, 'a'))
    expect(found).toBe(name === undefined ? undefined : join(dir, path!))
    if (found) expect(ownName(found)).toBe(name)
  })
})

describe('what is wrong with it is said', () => {
  own('bad/throws.js', "throw new Error('no model here')\n")
  own('bad/nothing.js', 'export const a = 1\n')
  own('bad/syntax.js', 'export default {\n')
  own('bad/Caps-2.js', rule())
  test.each([
    ['throws.js', /throws\.js: cannot be loaded: no model here$/],
    ['nothing.js', /nothing\.js: its default export is no step$/],
    ['syntax.js', /syntax\.js: cannot be loaded: Unexpected/],
  ])('%s', async (name, message) => {
    await expect(loadOwn(join(dir, 'bad', name))).rejects.toThrow(message)
  })

  test.skipIf((process.features as { typescript?: unknown }).typescript)('TypeScript where Node does not run it', async () => {
    await expect(loadOwn(own('bad/caps.ts', rule()))).rejects.toThrow(/caps\.ts: Node [\d.]+ does not run TypeScript$/)
  })

  test.each([
    ['use: ./absent.js', /p\.yaml:4: use: no such file or package: \.\/absent\.js$/],
    ['use: absent', /p\.yaml:4: use: no such file or package: absent$/],
    ['use: ../bad/Caps-2.js', /p\.yaml:4: "Caps-2" cannot name a column$/],
  ])('%s', (use, message) => {
    expect(() => readConfig(recipe('b/p.yaml', use))).toThrow(message)
  })
})

test.runIf((process.features as { typescript?: unknown }).typescript)('TypeScript runs as it is', async () => {
  const path = own(
    'ts/caps.ts',
    "import { type Doc, filter } from 'decant'\nexport default filter({ summary: 's', source: 'h', measure: () => (doc: Doc): number => doc.text.length, examples: [] })\n",
  )
  expect(await loadOwn(path)).toMatchObject({ kind: 'filter' })
})

describe('runs with a rule of one’s own', () => {
  own('run/part.js', "export const isCapital = (c) => c >= 'A' && c <= 'Z'\n")
  const body = `(doc) => {
    if (doc.text.startsWith('throw')) throw new RangeError('too odd')
    if (doc.text.startsWith('word')) return 'much'
    return [...doc.text].filter(isCapital).length / doc.text.length
  }`
  own('run/caps.js', `import { isCapital } from './part.js'\n${rule(body)}`)
  const pipeline = recipe('run/p.yaml', 'use: ./caps.js\n    max: 0.5')
  const documents = ['Some text', 'ALL CAPS', 'throw it', 'word'].map((text, i) => `${JSON.stringify({ id: `d${i}`, text })}\n`)
  const input = own('run/in.jsonl', documents.join(''))

  test.each([
    ['a thread', ['-w', '1']],
    ['this process', ['-w', '0']],
  ])('in %s: documents that it fails on are located errors', async (name, more) => {
    const out = join(dir, `out ${name}`)
    const { code, stderr } = await decant(['run', pipeline, '-i', input, '-o', out, '-q', ...more])
    expect([code, stderr]).toEqual([0, ''])
    expect((await parquetRows(join(out, 'data/00000.parquet'))).map(({ id }) => id)).toEqual(['d0'])
    const errors = jsonLines(readFileSync(join(out, 'errors/00000.jsonl'), 'utf8'))
    expect(errors).toEqual([
      { kind: 'step_failed', file: input, row: 2, id: 'd2', url: '', message: 'caps: too odd (caps.js:4)' },
      {
        kind: 'step_failed',
        file: input,
        row: 3,
        id: 'd3',
        url: '',
        message: expect.stringMatching(/^caps: measures much, which is no number/),
      },
    ])
  })

  test('as tasks of any scheduler, and in comparisons', async () => {
    const out = join(dir, 'tasks')
    expect((await decant(['plan', pipeline, '-i', input, '--write', out])).code).toBe(0)
    expect((await decant(['task', out])).code).toBe(0)
    expect((await decant(['finish', out])).code).toBe(0)
    expect((await decant(['why', out, 'd1'])).stdout).toMatch(/removed by caps\.max/)
    const measured = join(dir, 'measured')
    expect((await decant(['measure', pipeline, '-i', input, '-o', measured, '-w', '0', '-q'])).code).toBe(0)
    const { stdout } = await decant(['compare', measured, 'own', '--set', 'caps.max=1', '--json', '--no-report'])
    expect((JSON.parse(stdout) as { only_b: { documents: number } }).only_b.documents).toBe(1)
  })

  test('a change of the rule, or of what it imports, runs it again; another place does not', () => {
    const first = codeOf(join(dir, 'run/caps.js'))
    writeFileSync(join(dir, 'run/part.js'), "export const isCapital = (c) => c === 'A'\n")
    // What is read once in a process stays so.
    mkdirSync(join(dir, 'moved'))
    for (const name of ['caps.js', 'part.js']) renameSync(join(dir, 'run', name), join(dir, 'moved', name))
    expect(codeOf(join(dir, 'moved/caps.js'))).not.toBe(first)
    writeFileSync(join(dir, 'moved/part.js'), "export const isCapital = (c) => c >= 'A' && c <= 'Z'\n")
    mkdirSync(join(dir, 'again'))
    for (const name of ['caps.js', 'part.js']) renameSync(join(dir, 'moved', name), join(dir, 'again', name))
    expect(codeOf(join(dir, 'again/caps.js'))).toBe(first)
  })
})
