import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readConfig } from '../../src/pipeline/config.ts'
import { fileWith, temporaryFolder } from '../support.ts'

const dir = temporaryFolder()
mkdirSync(join(dir, 'rules'))
fileWith(dir, 'rules/lengths.yaml', '- char_count: {min: 10}\n- include: more.yaml\n')
fileWith(dir, 'rules/more.yaml', '- char_count: {max: 90}\n')
let files = 0

const read = (text: string, settings: string[] = []) => readConfig(fileWith(dir, `${files++}.yaml`, text), settings)
const steps = (text: string, settings: string[] = []) =>
  read(text, settings).steps.map(({ step: stepName, label, options }) => [stepName, label, options])

test('name and description; without a name, the name of the file', () => {
  const { name, description } = read('name: a\ndescription: b\nsteps: []\n')
  expect([name, description]).toEqual(['a', 'b'])
  expect(readConfig(fileWith(dir, 'lengths.yaml', 'steps: []')).name).toBe('lengths')
})

test.each<[string, string, unknown[]]>([
  ['a name alone', '- read', [['read', 'read', {}]]],
  ['a name with a colon and nothing', '- read:', [['read', 'read', {}]]],
  ['options over several lines', '- char_count:\n    min: 5\n    max: 1e3', [['char_count', 'char_count', { min: 5, max: 1000 }]]],
  [
    'a second step of the same name',
    '- char_count\n- char_count\n- char_count: {as: char_count_2}',
    [
      ['char_count', 'char_count', {}],
      ['char_count', 'char_count_3', {}],
      ['char_count', 'char_count_2', {}],
    ],
  ],
  [
    'includes, relative to the file they stand in',
    '- read\n- include: rules/lengths.yaml\n- write',
    [
      ['read', 'read', {}],
      ['char_count', 'char_count', { min: 10 }],
      ['char_count', 'char_count_2', { max: 90 }],
      ['write', 'write', {}],
    ],
  ],
  [
    'anchors and aliases',
    '- char_count: &a {min: 5}\n- char_count: *a',
    [
      ['char_count', 'char_count', { min: 5 }],
      ['char_count', 'char_count_2', { min: 5 }],
    ],
  ],
])('%s', (_, list, expected) => {
  expect(steps(`steps:\n${list.replace(/^/gm, '  ')}\n`)).toEqual(expected)
})

const two = 'steps:\n  - char_count: {min: 1}\n  - char_count: {max: 9, as: later}\n'

test.each<[string, unknown[]]>([
  ['char_count.min=5', [{ min: 5 }, { max: 9 }]],
  ['later.max=1e6', [{ min: 1 }, { max: 1_000_000 }]],
  ['later.max=null', [{ min: 1 }, {}]],
  ['char_count.above=0', [{ min: 1, above: 0 }, { max: 9 }]],
  ['char_count.list=[a, b]', [{ min: 1, list: ['a', 'b'] }, { max: 9 }]],
  ['char_count.text=a=b: c', [{ min: 1, text: { 'a=b': 'c' } }, { max: 9 }]],
])('--set %s', (setting, expected) => {
  expect(steps(two, [setting]).map(([, , options]) => options)).toEqual(expected)
})

test('an error names the file and line of the option, in includes too, and the setting that gave it', () => {
  const config = read('steps:\n  - include: rules/lengths.yaml\n  - char_count:\n      min: 1\n', ['char_count_3.min=2'])
  const where = config.steps.map(({ where }) => where('min').replace(`${dir}/`, ''))
  expect(where).toEqual(['rules/lengths.yaml:1', 'rules/more.yaml:1', '--set char_count_3.min=2'])
  expect(config.steps[2]!.where().replace(/.*\//, '')).toBe(`${files - 1}.yaml:3`)
})

test.each(["'/../../escaped'", "'..'", "''", 'a/b', '.hidden', '-o', '"a\\nb"', "'a\\b'"])(
  'a name that cannot name a folder: %s',
  (name) => {
    expect(() => read(`name: ${name}\nsteps:\n  - read\n`)).toThrow(/:1: ".*" cannot name a folder/s)
  },
)

describe('what would go on for ever is refused', () => {
  test('aliases of aliases', () => {
    const levels = Array.from({ length: 8 }, (_, i) => `  - char_count:\n      min: &a${i + 1} [${Array(10).fill(`*a${i}`).join(', ')}]\n`)
    const text = `steps:\n  - read:\n      text_field: &a0 [x, x]\n${levels.join('')}`
    expect(() => read(text)).toThrow(/yaml:\d+: aliases that lead to themselves, or stand for too much/)
  })

  test('keys that are maps of maps', () => {
    expect(() => read(`steps:\n  - read: ${'{'.repeat(40)}a${': 1}'.repeat(40)}\n`)).toThrow(/yaml:2: a key that is a list or a map/)
  })

  test('an alias of itself', () => {
    expect(() => read('steps:\n  - read: &a\n      text_field: [*a]\n')).toThrow('aliases that lead to themselves')
  })

  test('includes that name two others each', () => {
    const folder = join(dir, 'doubling')
    mkdirSync(folder)
    for (let i = 0; i < 25; i++) writeFileSync(join(folder, `${i}.yaml`), `- include: ${i + 1}.yaml\n`.repeat(2))
    writeFileSync(join(folder, '25.yaml'), '- word_count\n')
    expect(() => readConfig(fileWith(folder, 'main.yaml', 'steps:\n  - include: 0.yaml\n'))).toThrow(
      'include: more than 1000 includes in all',
    )
  })
})
