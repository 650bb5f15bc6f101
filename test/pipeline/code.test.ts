import { spawnSync } from 'node:child_process'
import { appendFileSync, cpSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { codeOf } from '../../src/pipeline/code.ts'
import type { Plan } from '../../src/pipeline/plan.ts'
import { fileWith, jsonLines, repository, temporaryFolder } from '../support.ts'

const dir = temporaryFolder()
const built = join(dir, 'dist')
const input = fileWith(dir, 'in.jsonl', '{"id":"a","text":"one two"}\n{"id":"b","text":"one"}\n')
const pipeline = fileWith(dir, 'p.yaml', 'name: p\nsteps:\n  - word_count: {min: 2}\n  - exact_dedup: {partitions: 1}\n')

const decant = (...args: string[]): string => {
  const { stdout, stderr } = spawnSync(process.execPath, [join(built, 'cli.js'), ...args], { encoding: 'utf8' })
  expect(stderr).toBe('')
  return stdout
}

/** Passes of the pipeline and their keys, with the code as it stands. */
function keys(): Record<string, string> {
  const { passes } = JSON.parse(decant('plan', pipeline, '-i', input, '--json')) as Pick<Plan, 'passes'>
  return Object.fromEntries(passes.map(({ name, key }) => [name, key]))
}

/** Run the pipeline: which tasks had to run. */
const tasksRun = (): string[] =>
  jsonLines<{ event: string; pass: string; reused: boolean }>(
    decant('run', pipeline, '-i', input, '-o', join(dir, 'run'), '-w', '0', '--json'),
  ).flatMap(({ event, pass, reused }) => (event === 'task' && !reused ? [pass] : []))

const edit = (file: string): void => appendFileSync(join(built, file), '\n// edited\n')
const all = ['0', '0-exact_dedup-compare', '1']
let before: Record<string, string> = {}

beforeAll(() => {
  for (const name of ['package.json', 'dist', 'pipelines']) cpSync(join(repository, name), join(dir, name), { recursive: true })
  symlinkSync(join(repository, 'node_modules'), join(dir, 'node_modules'))
  before = keys()
})

afterEach(() => cpSync(join(repository, 'dist'), built, { recursive: true }))

test.each([
  ['a report', 'reports/report.js', []],
  ['a command', 'commands/run.js', []],
  ['help', 'cli.js', []],
  ['a step of other recipes', 'filters/line_count.js', []],
  ['a format that no input has', 'formats/inputs/parquet.js', []],
  ['what compares runs', 'compare/judge.js', []],
  ['a step', 'filters/word_count.js', all],
  ['what a step imports', 'text/words/words.js', all],
  ['the step behind the barrier', 'stages/write.js', ['1']],
  ['the barrier', 'barriers/exact_dedup.js', all],
  ['the format of the inputs', 'formats/inputs/jsonl.js', all],
  ['what runs tasks', 'pipeline/spool.js', all],
])('editing %s (%s) changes the keys of %j', (_, file, passes) => {
  edit(file)
  const after = keys()
  const changed = Object.keys(after).filter((pass) => after[pass] !== before[pass])
  expect(changed.sort()).toEqual(passes)
})

test('a finished run is finished after an edited report and a new step, and not after an edited one', () => {
  expect(tasksRun()).toEqual(all)
  edit('reports/funnel.js')
  cpSync(join(built, 'filters/line_count.js'), join(built, 'filters/my_line_count.js'))
  expect(tasksRun()).toEqual([])
  edit('filters/word_count.js')
  expect(tasksRun()).toEqual(all)
})

test('code depends on what files import, and on the content of those', () => {
  const [a, b, c] = ['a.mjs', 'b.mjs', 'c.mjs'].map((name) => join(dir, name)) as [string, string, string]
  writeFileSync(a, "import './b.mjs'\n")
  writeFileSync(b, 'export const one = 1\n')
  writeFileSync(c, "import './a.mjs'\nimport './b.mjs'\n")
  expect(new Set([codeOf(a), codeOf(b), codeOf(c), codeOf(a, b)]).size).toBe(3)
  expect(codeOf(a, b)).toBe(codeOf(a))
})
