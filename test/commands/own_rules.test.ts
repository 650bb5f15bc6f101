import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { explainError } from '../../src/command_line/explain_error.ts'
import { testRules } from '../../src/commands/test_rules.ts'
import { readConfig } from '../../src/pipeline/config.ts'
import { decant, fileWith, temporaryFolder } from '../support.ts'

const cwd = temporaryFolder()

describe('from an empty folder', () => {
  test.each([
    ['rule', 'upper_ratio', 'upper_ratio.js: 3 of 3'],
    ['editor', 'trim_ends', 'trim_ends.js: 2 of 2'],
    ['recipe', 'my-corpus', 'my-corpus.yaml: 2 of 2'],
  ])('decant new %s %s writes what passes its own tests', async (kind, name, shown) => {
    const made = await decant(['new', kind, name, '--js'], { cwd })
    expect([made.code, made.stdout.split('\n')[0]]).toEqual([0, `wrote ${shown.split(':')[0]}`])
    const { code, stdout } = await decant(['test', shown.split(':')[0]!], { cwd })
    expect([code, stdout.split('\n')[0]]).toEqual([0, `✓ ${shown}`])
  })

  test('a recipe with it tests it too; without names all files are tested', async () => {
    const recipe = join(cwd, 'my-corpus.yaml')
    writeFileSync(recipe, readFileSync(recipe, 'utf8').replace('# - use', '- use').replace('#   max', '  max'))
    const { code, stdout } = await decant(['test'], { cwd })
    expect([code, stdout.split('\n').sort()]).toEqual([
      0,
      ['', '', '7 tests passed, 0 failed', '✓ my-corpus.yaml: 2 of 2', '✓ trim_ends.js: 2 of 2', '✓ upper_ratio.js: 3 of 3'].sort(),
    ])
  })

  test('describe explains it', async () => {
    const { stdout } = await decant(['describe', './upper_ratio.js'], { cwd })
    expect(stdout).toMatch(/^upper_ratio \(filter\)\n\nshare of the words that are in upper case/)
  })

  test.each([
    [['new', 'rule', 'upper_ratio', '--js'], 'upper_ratio.js already exists'],
    [['new', 'rule', 'word_count'], '"word_count" is a bundled step'],
    [['new', 'rule', 'Upper'], '"Upper" cannot name a rule'],
    [['test', 'absent.js'], 'absent.js: no such file'],
  ])('%j: exit 2', async (args, message) => {
    const { code, stderr } = await decant(args, { cwd })
    expect([code, stderr.split('\n')[0]]).toEqual([2, `decant: ${message}`])
  })
})

describe('tests of pipelines', () => {
  const steps = 'name: t\nsteps:\n  - extract_html\n  - trim_lines\n  - word_count: {min: 3}\n  - exact_dedup\n'
  const testing = async (tests: string) => {
    const lines: string[] = []
    for (const name of ['log', 'error'] as const) vi.spyOn(console, name).mockImplementation((line: string) => void lines.push(line))
    const code = await testRules([fileWith(cwd, 't.yaml', `${steps}tests:\n${tests}`)], {}).catch(explainError)
    vi.restoreAllMocks()
    return [code, lines[1]?.trim()]
  }
  test.each([
    ['  - {text: one two three, kept: true}\n', 0, undefined],
    ['  - {text: one two, kept: true}\n', 1, '✗ one two: is removed by word_count.min'],
    ['  - {name: n, text: one two, removed: word_count.max}\n', 1, '✗ n: is removed by word_count.min, expected word_count.max'],
    ['  - {text: one two three, removed: word_count.min}\n', 1, '✗ one two three: is kept, expected word_count.min'],
    ['  - {text: "one  \\ntwo three", becomes: "one\\ntwo three"}\n', 0, undefined],
    ['  - {text: "one two three", becomes: "four"}\n', 1, '✗ one two three: becomes "one two three", expected "four"'],
    ['  - {text: one two three, metadata: {id: x, text: y}, becomes: one two three}\n', 0, undefined],
    ['  - {html: "<p>one two three", url: "https://a.example/", kept: true}\n', 0, undefined],
    ['  - {text: one two three, kept: true}\n  - {text: one two three, removed: exact_dedup.duplicate}\n', 0, undefined],
    ['  - {kept: true}\n', 2, undefined],
    ['  - {text: one}\n', 2, 'hint: add "kept: true", "removed: STEP.BOUND" or "becomes: TEXT"'],
    ['  - {text: one, keep: true}\n', 2, undefined],
  ])('%j', async (tests, code, shown) => {
    const [found, line] = await testing(tests)
    expect([found, shown === undefined ? shown : line]).toEqual([code, shown])
  })
})

test.each([
  ['decant:rules/gopher_quality', true],
  ['decant:rules/gopher_quality.yaml', true],
  ['decant:../package', false],
  ['decant:rules/absent', false],
])('include: %s from any folder', (include, isThere) => {
  const read = () => readConfig(fileWith(cwd, 'i.yaml', `name: i\nsteps:\n  - read\n  - include: ${include}\n`)).steps.length
  if (isThere) expect(read()).toBeGreaterThan(5)
  else expect(read).toThrow(`i.yaml:4: include: no such file: ${include}`)
})

test('--parameters decant:fineweb-2/fra_Latn', () => {
  expect(readConfig('fineweb-2', [], 'decant:fineweb-2/fra_Latn').parameters).toMatch(/fineweb-2\/fra_Latn\.yml$/)
})
