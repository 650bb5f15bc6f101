// Compile src/ to dist/. The new build is made beside the old one and takes its place when it is complete, so that a type error leaves the
// old one as it is.
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const repository = fileURLToPath(new URL('..', import.meta.url))
const built = join(repository, 'dist')
const aside = join(repository, `.dist-${process.pid}`)
const old = `${aside}.old`
const remove = (folder) => rmSync(folder, { recursive: true, force: true })

try {
  const compiler = join(repository, 'node_modules/typescript/bin/tsc')
  const { status } = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.build.json', '--outDir', aside], {
    cwd: repository,
    stdio: 'inherit',
  })
  if (status === 0) {
    chmodSync(join(aside, 'cli.js'), 0o755)
    if (existsSync(built)) renameSync(built, old)
    renameSync(aside, built)
  }
  process.exitCode = status ?? 1
} finally {
  remove(aside)
  remove(old)
}
