import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { fileWith, parquetRows, repository, temporaryFolder } from './support.ts'

// The package as npm packs it, installed in an empty folder; its dependencies are those of this repository.

const cwd = temporaryFolder()
const own = join(cwd, 'node_modules/decant')
const shell = (command: string, args: string[], folder = cwd) => spawnSync(command, args, { cwd: folder, encoding: 'utf8' })
const programs = new Map(
  [...readFileSync(join(repository, 'docs/library.md'), 'utf8').matchAll(/```js\n\/\/ (\S+)\n(.*?)```/gs)].map(([, name, text]) => [
    name!,
    text!,
  ]),
)

beforeAll(() => {
  mkdirSync(own, { recursive: true })
  const packed = shell('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', cwd], repository)
  expect([packed.status, packed.stderr]).toEqual([0, ''])
  expect(shell('tar', ['-xzf', join(cwd, packed.stdout.trim()), '--strip-components=1', '-C', own]).status).toBe(0)
  symlinkSync(join(repository, 'node_modules'), join(own, 'node_modules'))
  symlinkSync(join(repository, 'node_modules/@types'), join(cwd, 'node_modules/@types'))
  symlinkSync(join(repository, 'fixtures/crawl'), join(cwd, 'crawl'))
  for (const [name, text] of programs) fileWith(cwd, name, text)
})

describe('programs of docs/library.md', () => {
  test('are three of about 20 lines', () => {
    expect([...programs.keys()]).toEqual(['run.mjs', 'compare.mjs', 'rivers.mjs'])
    for (const text of programs.values()) expect(text.split('\n').length).toBeLessThan(25)
  })

  // In their order: the last one reads what the first one wrote.
  test.each([
    ['run.mjs', /^kept 111 of 405\n/],
    ['compare.mjs', /^only the first keeps \d+, only the second 0\nraw 5336 10\ngopher \d+ \d+\n$/],
    ['rivers.mjs', /^\d+ documents mention rivers\n$/],
  ])('%s', (name, shown) => {
    const { status, stdout, stderr } = shell(process.execPath, [name])
    expect([status, status === 0 ? '' : stderr]).toEqual([0, ''])
    expect(stdout).toMatch(shown)
  })

  test('the last one has written what it found', async () => {
    const rows = await parquetRows(join(cwd, 'rivers.parquet'))
    expect(rows.every(({ text }) => /\briver/i.test(String(text)))).toBe(true)
  })
})

test('types are those of the package', () => {
  fileWith(
    cwd,
    'typed.mts',
    `import { filter, readTable, run, z } from 'decant'
export default filter({
  summary: 's', source: 'h', options: { least: z.number().default(1).describe('d') },
  measure: ({ least }) => (doc) => (doc.text.length < least ? 0 : 1), examples: [],
})
const { manifest } = await run({ pipeline: 'raw', input: 'x', output: 'y' })
export const kept: number = manifest.records.kept
for await (const row of readTable('y', 'data')) console.log(row['id'])
// @ts-expect-error
await run({ pipeline: 'raw' })
`,
  )
  const tsc = join(repository, 'node_modules/typescript/bin/tsc')
  const options = ['--noEmit', '--strict', '--target', 'es2023', '--module', 'nodenext', '--skipLibCheck', '--types', 'node', 'typed.mts']
  const { status, stdout } = shell(process.execPath, [tsc, ...options])
  expect([status, stdout]).toEqual([0, ''])
})

test('the program of the package runs', () => {
  expect(shell(process.execPath, [join(own, 'dist/cli.js'), '--version']).stdout.trim()).toMatch(/^\d+\.\d+\.\d+$/)
})
