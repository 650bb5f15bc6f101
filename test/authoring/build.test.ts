import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { fileWith, repository, temporaryFolder } from '../support.ts'

/** A checkout with one source file. */
const dir = temporaryFolder()
const build = (source: string) => {
  fileWith(dir, 'src/cli.ts', source)
  return spawnSync(process.execPath, ['scripts/build.mjs'], { cwd: dir, encoding: 'utf8' })
}
const command = join(dir, 'dist/cli.js')

beforeAll(() => {
  for (const name of ['scripts', 'package.json', 'tsconfig.json', 'tsconfig.build.json'])
    cpSync(join(repository, name), join(dir, name), { recursive: true })
  mkdirSync(join(dir, 'src'))
  symlinkSync(join(repository, 'node_modules'), join(dir, 'node_modules'))
})

test('builds, and builds again, a command that can be run', () => {
  for (const word of ['one', 'two']) {
    expect(build(`#!/usr/bin/env node\nconsole.log('${word}')\n`).status).toBe(0)
    expect(spawnSync(command, { encoding: 'utf8' }).stdout).toBe(`${word}\n`)
  }
})

test('a type error leaves the last build as it is', () => {
  const [before, { mtimeMs }] = [readFileSync(command, 'utf8'), statSync(command)]
  const { status, stdout } = build('export const n: number = "no number"\n')
  expect([status === 0, stdout.includes('src/cli.ts')]).toEqual([false, true])
  expect([readFileSync(command, 'utf8'), statSync(command).mtimeMs]).toEqual([before, mtimeMs])
})

test('nothing is left beside it', () => {
  expect(readdirSync(dir).sort()).toEqual([
    'dist',
    'node_modules',
    'package.json',
    'scripts',
    'src',
    'tsconfig.build.json',
    'tsconfig.json',
  ])
})
