import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { cli, filesBelow, fileWith, repository, temporaryFolder } from './support.ts'

/** A block of commands, and the lines of output that stand below it. */
interface Example {
  name: string
  commands: string[]
  shown: string[]
}

const textOf = (page: string): string => readFileSync(join(repository, page), 'utf8')
const blocksOf = (page: string): { language: string; content: string }[] =>
  [...textOf(page).matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, language = '', content = '']) => ({ language, content }))

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

function examplesOf(page: string): Example[] {
  const examples: Example[] = []
  let before = ''
  for (const { language, content } of blocksOf(page)) {
    if (language === 'sh') {
      const commands = commandsOf(content)
      examples.push({ name: commands.join('; '), commands, shown: [] })
    } else if (language === '' && before === 'sh')
      examples.at(-1)!.shown.push(...content.split('\n').filter((line) => line.trim() && !/^\s*…|…\s*$/.test(line)))
    before = language
  }
  return examples
}

const dir = temporaryFolder()

/** A folder of its own for a page, with the files that it shows: "# my.yaml" in the first line of a block names one. */
function folderOf(page: string): string {
  const folder = join(dir, page)
  mkdirSync(folder, { recursive: true })
  for (const name of ['fixtures', 'pipelines']) symlinkSync(join(repository, name), join(folder, name))
  symlinkSync(join(repository, 'fixtures/crawl'), join(folder, 'crawl'))
  for (const { language, content } of blocksOf(page)) {
    const name = language === 'yaml' && /^# (\S+\.yaml)\n/.exec(content)?.[1]
    if (name) fileWith(folder, name, content)
  }
  return folder
}

const pages = ['README.md', 'docs/ablations.md', 'docs/cluster.md', 'docs/runs.md', 'docs/own-rules.md']

describe.each(pages)('%s', (page) => {
  const folder = folderOf(page)

  // In order: later commands read what earlier ones wrote.
  test.each(examplesOf(page))('$name', ({ commands, shown }) => {
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
})

test.each(['README.md', 'docs/ablations.md'])('%s shows output', (page) => {
  expect(examplesOf(page).flatMap(({ shown }) => shown).length).toBeGreaterThan(15)
})

test('the README is short', () => {
  expect(Buffer.byteLength(textOf('README.md'))).toBeLessThanOrEqual(15_000)
})

test('links lead to files, and to headings in them', () => {
  const written = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'src/README.md', 'pipelines/README.md', 'bench/parity/README.md']
  const markdown = [...written, ...filesBelow(join(repository, 'docs')).flatMap((file) => (file.endsWith('.md') ? [`docs/${file}`] : []))]
  const broken = markdown.flatMap((page) =>
    [
      ...textOf(page)
        .replaceAll(/^```.*?^```$|`[^`\n]*`/gms, '')
        .matchAll(/\]\(([^)\s:]+)\)/g),
    ].flatMap(([, link]) => {
      const [path, heading] = link!.split('#') as [string, string?]
      const target = path === '' ? page : join(dirname(page), path)
      if (!existsSync(join(repository, target))) return [`${page}: ${link}`]
      return heading === undefined || headingsOf(target).includes(heading) ? [] : [`${page}: ${link}`]
    }),
  )
  expect(broken).toEqual([])
})

/** Headings of a page as GitHub makes anchors of them. */
const headingsOf = (page: string): string[] =>
  [...textOf(page).matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  )
