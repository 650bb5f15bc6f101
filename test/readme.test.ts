import { spawnSync } from 'node:child_process'
import { readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { cli, fileWith, repository, temporaryFolder } from './support.ts'

/** A block of commands, and the lines of output that stand below it. */
interface Example {
  name: string
  commands: string[]
  shown: string[]
}

const text = readFileSync(join(repository, 'README.md'), 'utf8')
const blocks = [...text.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, language = '', content = '']) => ({ language, content }))

const scripts: { start: string } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')).scripts

/** Commands that are not run here as they stand, and what is run instead. */
const replaced: Record<string, string | null> = {
  'npm ci': null, // the dependencies are installed when tests run
  'npm test': null, // would run this file again
  'npm link': null, // changes the user's npm; `decant` is a function of the shell below
  'npm start': scripts.start.replace('npm run build --silent && ', '').replace('node dist/cli.js', 'decant'), // dist/ is built
}

const withoutComment = (line: string): string => line.replace(/\s+# .*$/, '').trim()

const commandsOf = (content: string): string[] =>
  content
    .replaceAll('\\\n', ' ')
    .split('\n')
    .flatMap((line) => withoutComment(line).split(' && '))
    .map((command) => (command in replaced ? replaced[command]! : command))
    .filter((command) => command)

const examples: Example[] = []
for (const { language, content } of blocks) {
  if (language === 'sh') {
    const commands = commandsOf(content)
    examples.push({ name: commands.join('; '), commands, shown: [] })
  } else if (language === '') examples.at(-1)!.shown.push(...content.split('\n').filter((line) => line.trim() && !line.includes('…')))
}

const folder = temporaryFolder()

beforeAll(() => {
  for (const name of ['fixtures', 'pipelines']) symlinkSync(join(repository, name), join(folder, name))
  // "# my.yaml" in its first line names a file
  for (const { language, content } of blocks) {
    const name = language === 'yaml' && /^# (\S+\.yaml)\n/.exec(content)?.[1]
    if (name) fileWith(folder, name, content)
  }
})

// In order: later commands read what earlier ones wrote.
test.each(examples)('README: $name', ({ commands, shown }) => {
  let output = ''
  for (const command of commands) {
    const shell = `decant() { '${process.execPath}' '${cli}' "$@"; }; ${command}`
    const { status, stdout, stderr } = spawnSync('bash', ['-c', shell], { cwd: folder, encoding: 'utf8' })
    output += stdout + stderr
    expect({ command, status, stderr: status === 0 ? '' : stderr }).toEqual({ command, status: 0, stderr: '' })
  }
  const lines = output.split('\n').map((line) => line.trim())
  expect(shown.filter((line) => !lines.includes(line.trim()))).toEqual([])
})

test('the README shows output', () => {
  expect(examples.flatMap(({ shown }) => shown).length).toBeGreaterThan(15)
})

test('the README is short', () => {
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(15_000)
})
