import { execSync } from 'node:child_process'
import { readdirSync, rmSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const repository = fileURLToPath(new URL('../', import.meta.url))
const built = `${repository}dist/cli.js`

/** Before the first test: compile the sources, where any is newer than what was compiled. */
export default function build(): void {
  const sources = readdirSync(`${repository}src`, { recursive: true, encoding: 'utf8' }).map((path) => `src/${path}`)
  const newest = Math.max(...['src', 'package.json', 'tsconfig.json', 'tsconfig.build.json', ...sources].map(changed))
  if (newest < changed('dist/cli.js')) return
  try {
    execSync('npm run build --silent', { cwd: repository, stdio: 'inherit' })
  } catch (error) {
    rmSync(built, { force: true })
    throw error
  }
}

const changed = (path: string): number => statSync(`${repository}${path}`, { throwIfNoEntry: false })?.mtimeMs ?? 0
