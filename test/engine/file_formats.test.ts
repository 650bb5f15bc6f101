import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fileFormats } from '../../src/core/file_format.ts'
import { decant, repository, temporaryFolder } from '../support.ts'

const folder = join(repository, 'fixtures/formats')
const { plan: run, sample } = fileFormats

test('there are fixtures of the versions that are written', () => {
  expect(new Set(Object.values(fileFormats))).toEqual(new Set([run]))
  expect(existsSync(join(folder, `run-${run}/small/plan.json`))).toBe(true)
  expect(existsSync(join(folder, `sample-${sample}/manifest.json`))).toBe(true)
})

test.each([
  ['status', `run-${run}/small`, /: complete/],
  ['verify', `run-${run}/small`, /4 verdicts add up to the manifest/],
  ['why', `run-${run}/small c`, /removed by exact_dedup\.duplicate/],
  ['compare', `run-${run} small --no-report`, /kept by small/],
  ['sweep', `run-${run} word_count.min small --no-report`, /word_count\.min/],
  ['sample verify', `sample-${sample}`, /ok/],
])('decant %s reads %s', async (command, args, expected) => {
  const { code, stdout, stderr } = await decant([...command.split(' '), ...args.split(' ')], { cwd: folder })
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout).toMatch(expected)
})

const commands = (runs: string, drawn: string): [string[], string][] => [
  [['status', `${runs}/small`], `${runs}/small/plan.json`],
  [['verify', `${runs}/small`], `${runs}/small/plan.json`],
  [['why', `${runs}/small`, 'a'], `${runs}/small/plan.json`],
  [['compare', runs, 'small', '--no-report'], `${runs}/small/plan.json`],
  [['measure', 'recipe.yaml', '-i', 'input.jsonl', '-o', runs, '-w', '0', '-q'], `${runs}/small/plan.json`],
  [['sample', 'verify', drawn], `${drawn}/manifest.json`],
]

test.each(commands('run-1', 'sample-1'))('an older one gives one clear line: decant %j', async (args, file) => {
  const { code, stderr } = await decant(args, { cwd: folder })
  expect([code, stderr.split('\n')]).toEqual([
    2,
    [
      `decant: ${file}: format 1 of an older decant; this one reads format ${run}`,
      '  hint: make it again in another folder, or use the decant that made it',
      '',
    ],
  ])
})

const dir = temporaryFolder()
cpSync(folder, dir, { recursive: true })
for (const file of [`run-${run}/small/plan.json`, `sample-${sample}/manifest.json`]) {
  const path = join(dir, file)
  writeFileSync(path, readFileSync(path, 'utf8').replace(/"format": \d+/, '"format": 99'))
}

test.each(commands(`run-${run}`, `sample-${sample}`))('so does a newer one: decant %j', async (args, file) => {
  const { code, stderr } = await decant(args, { cwd: dir })
  expect([code, stderr.split('\n')]).toEqual([
    2,
    [`decant: ${file}: format 99 of a newer decant; this one reads format ${run}`, '  hint: update decant', ''],
  ])
})
