import { execFileSync } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const repository = fileURLToPath(new URL('../', import.meta.url))

/** Before the first test: compile the sources, where any is newer than what was compiled. */
export default function build(): void {
  const sources = readdirSync(`${repository}src`, { recursive: true, encoding: 'utf8' }).map((path) => `src/${path}`)
  const newest = Math.max(...['src', 'package.json', 'tsconfig.json', 'tsconfig.build.json', ...sources].map(changed))
  if (newest >= changed('dist/cli.js')) execFileSync(process.execPath, ['scripts/build.mjs'], { cwd: repository, stdio: 'inherit' })
}

const changed = (path: string): number => statSync(`${repository}${path}`, { throwIfNoEntry: false })?.mtimeMs ?? 0
