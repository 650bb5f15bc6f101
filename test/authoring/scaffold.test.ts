import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { fileWith, parquetRows, repository, temporaryFolder } from '../support.ts'

/** A copy of the repository: what is built and tested, with the installed packages linked. */
const copy = temporaryFolder()
const node = (...args: string[]) => spawnSync(process.execPath, args, { cwd: copy, encoding: 'utf8' })
const scaffold = (...args: string[]) => node('dist/authoring/scaffold.js', ...args)

beforeAll(() => {
  for (const name of [
    'src',
    'dist',
    'package.json',
    'tsconfig.json',
    'tsconfig.build.json',
    'vitest.config.ts',
    'test/build.ts',
    'test/setup.ts',
    'test/support.ts',
    'scripts',
    'pipelines',
  ])
    cpSync(join(repository, name), join(copy, name), { recursive: true })
  mkdirSync(join(copy, 'test/filters'), { recursive: true })
  cpSync(join(repository, 'test/filters/examples.test.ts'), join(copy, 'test/filters/examples.test.ts'))
  symlinkSync(join(repository, 'node_modules'), join(copy, 'node_modules'))
  symlinkSync(join(repository, 'fixtures'), join(copy, 'fixtures'))
})

test.each([
  [['UPPER'], 'new: "UPPER" is not snake_case\n  hint: upper_ratio, or remove_dates with --kind editor\n'],
  [['upper__ratio'], 'new: "upper__ratio" is not snake_case\n  hint: upper_ratio, or remove_dates with --kind editor\n'],
  [['char_count'], 'new: char_count already exists\n  hint: decant describe lists all steps\n'],
  [[], 'new: usage: npm run new -- NAME [--kind filter|editor]\n'],
  [['a_b', '--knd', 'editor'], 'new: usage: npm run new -- NAME [--kind filter|editor]\n'],
  [['a_b', '--kind', 'barrier'], 'new: usage: npm run new -- NAME [--kind filter|editor]\n'],
])('refuses %j', (args, stderr) => {
  const result = scaffold(...args)
  expect([result.status, result.stderr, result.stdout]).toEqual([2, stderr, ''])
})

test('new steps are built, tested, described and run without a further line', async () => {
  const made = [
    ['filters', 'my_upper_ratio'],
    ['filters', 'my_upper_count'],
    ['editors', 'my_trim', '--kind', 'editor'],
  ] as const
  for (const [folder, name, ...args] of made) {
    const { status, stdout } = scaffold(name, ...args)
    expect([status, stdout.split('\n')[0]]).toEqual([0, `wrote src/${folder}/${name}.ts`])
    expect(existsSync(join(copy, `test/${folder}/${name}.test.ts`))).toBe(true)
  }
  expect(scaffold('my_trim').stderr).toMatch(/^new: .*my_trim.* already exists/)
  expect(node('scripts/build.mjs').stdout).toBe('')
  const tests = node('node_modules/vitest/vitest.mjs', 'run', '--no-color')
  expect([tests.status, /Test Files {2}(.+)/.exec(tests.stdout)?.[1]]).toEqual([0, '4 passed (4)'])
  expect(node('dist/cli.js', 'describe', 'my_upper_ratio').stdout).toContain('share of the words that are in upper case; 0 without words.')

  fileWith(copy, 'p.yaml', 'name: p\nsteps:\n  - my_trim\n  - my_upper_ratio: {max: 0.5}\n  - my_upper_count\n')
  fileWith(copy, 'in.jsonl', '{"id":"a","text":"ABC DE f?  "}\n{"id":"b","text":"AB c\\nd e?"}\n')
  expect(node('dist/cli.js', 'run', 'p.yaml', '-i', 'in.jsonl', '-o', 'run', '-q').stderr).toBe('')
  const verdicts = await parquetRows(join(copy, 'run/verdicts/00000.parquet'))
  expect(verdicts.map(({ id, reason, my_upper_ratio, my_upper_count }) => [id, reason, my_upper_ratio, my_upper_count])).toEqual([
    ['a', 'my_upper_ratio.max', 2 / 3, null],
    ['b', null, 0.25, 1],
  ])
})

test('says how to try a filter, and that is how it is tried', () => {
  const { stdout } = scaffold('my_loud_ratio')
  expect(node('scripts/build.mjs').status).toBe(0)
  fileWith(copy, 'my.yaml', 'name: mine\nsteps:\n  - extract_html\n  - my_loud_ratio\n  - token_count\n')
  const commands = [...stdout.matchAll(/^ {7}decant (.+)$/gm)].map(([, command]) => command!.replaceAll("'", '').split(' '))
  expect(commands.map(([name]) => name)).toEqual(['measure', 'compare'])
  for (const command of commands) expect(node('dist/cli.js', ...command).status).toBe(0)
})

test('refuses to write into an installation', () => {
  const installed = join(copy, 'installed/node_modules/decant')
  cpSync(join(copy, 'dist'), join(installed, 'dist'), { recursive: true })
  cpSync(join(copy, 'package.json'), join(installed, 'package.json'))
  symlinkSync(join(repository, 'node_modules'), join(copy, 'installed/node_modules/decant/node_modules'))
  const { status, stdout, stderr } = node('installed/node_modules/decant/dist/authoring/scaffold.js', 'a_ratio')
  expect([status, stdout]).toEqual([2, ''])
  expect(stderr).toMatch(
    /^new: .*decant\/? is an installation, without sources\n {2}hint: clone the repository and run npm run new there\n$/,
  )
  expect(existsSync(join(installed, 'src'))).toBe(false)
})
