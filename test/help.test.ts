import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { describeRecipe, describeStep, recipeNames } from '../src/commands/describe.ts'
import { loadStep, stepNames } from '../src/pipeline/registry.ts'
import { columnsOf } from '../src/reports/layout.ts'
import { decant, repository } from './support.ts'

const snapshot = (path: string): string => join(repository, 'test/snapshots', `${path}.txt`)

const printed = async (...args: string[]): Promise<string> => {
  const { code, stdout, stderr } = await decant(args)
  expect([code, stderr]).toEqual([0, ''])
  return stdout
}

/** Lines that a terminal of 80 columns would break, but for those that hold nothing but a URL. */
const tooLong = (text: string): string[] => text.split('\n').filter((line) => columnsOf(line) > 80 && !/^ *\w+:\/\/\S+$/.test(line))

/** Commands below a command, as its help lists them. */
function subcommands(help: string): string[] {
  const list = /^Commands:\n((?: {2}.*\n)+)/m.exec(help)?.[1] ?? ''
  return [...list.matchAll(/^ {2}([a-z]+)/gm)].flatMap(([, name]) => (name === 'help' ? [] : [name!]))
}

async function helpOfAll(args: readonly string[]): Promise<[name: string, help: string][]> {
  const help = await printed(...args, '--help')
  const below = await Promise.all(subcommands(help).map((name) => helpOfAll([...args, name])))
  return [[['decant', ...args].join('-'), help], ...below.flat()]
}

const commands = await helpOfAll([])

test('the help of every command is found', () => {
  expect(commands.length).toBeGreaterThan(18)
  expect(commands.map(([name]) => name)).toContain('decant-sample-verify')
})

describe.each(commands)('%s --help', (name, help) => {
  test('reads as before, fits, and has an example', async () => {
    await expect(help).toMatchFileSnapshot(snapshot(`help/${name}`))
    expect(tooLong(help)).toEqual([])
    expect(help).toMatch(new RegExp(`^Examples?:\\n(?: {2}.*\\n)*? {2}${name.replaceAll('-', ' ')}`, 'm'))
  })
})

test('decant describe', async () => {
  const text = await printed('describe')
  await expect(text).toMatchFileSnapshot(snapshot('describe/all'))
  expect(tooLong(text)).toEqual([])
})

const steps = await Promise.all(stepNames().map(async (name) => ({ name, step: await loadStep(name) })))

test.each(['filter', 'editor', 'stage', 'barrier'])('decant describe: every %s', async (kind) => {
  const shown = steps.filter(({ step }) => step.kind === kind).map(({ name, step }) => describeStep(name, step))
  const text = `${shown.join('\n\n\n')}\n`
  await expect(text).toMatchFileSnapshot(snapshot(`describe/${kind}s`))
  expect(tooLong(text)).toEqual([])
})

test.each(recipeNames())('decant describe %s', async (name) => {
  const text = `${await describeRecipe(name)}\n`
  await expect(text).toMatchFileSnapshot(snapshot(`describe/recipes/${name}`))
  expect(tooLong(text)).toEqual([])
})

test('as JSON: recipes and steps, the schema of a step, the steps of a recipe', async () => {
  const all = JSON.parse(await printed('describe', '--json')) as object[]
  expect(all).toContainEqual({ recipe: 'raw', kind: 'recipe', summary: expect.any(String) })
  expect(all).toContainEqual({ step: 'char_count', kind: 'filter', summary: expect.any(String) })
  expect(all.length).toBe(recipeNames().length + stepNames().length)
  const schema = JSON.parse(await printed('describe', 'pareto_margin', '--json')) as { properties: object }
  expect(Object.keys(schema.properties)).toContain('alpha')
  expect(JSON.parse(await printed('describe', 'fineweb', '--json'))).toMatchObject({
    name: 'fineweb',
    steps: expect.arrayContaining([
      { label: 'short_line_ratio', step: 'short_line_ratio', kind: 'filter', keeps: '≤ 0.67', options: expect.any(Object) },
    ]),
    models: expect.arrayContaining([expect.objectContaining({ file: 'lid.176.ftz' })]),
  })
})
