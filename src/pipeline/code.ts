import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What results depend on beside inputs and pipeline: decant's own code, and the packages that it uses. */

const distribution = fileURLToPath(new URL('..', import.meta.url))

export function version(): string {
  return readPackage(join(distribution, '..')).version
}

/** Versions of what results depend on beside decant's own code: the packages that are installed, and what Node brings along. */
export function versionsUsed(): Record<string, string> {
  const { dependencies } = readPackage(join(distribution, '..'))
  const { resolve: find } = createRequire(import.meta.url)
  const installed = Object.keys(dependencies ?? {}).map((name): [string, string] => {
    let folder = dirname(find(name))
    while (basename(folder) !== name.split('/').at(-1) && folder !== dirname(folder)) folder = dirname(folder)
    return [name, readPackage(folder).version]
  })
  const { v8, unicode = '' } = process.versions
  return { ...Object.fromEntries(installed), v8: v8!, unicode }
}

const readPackage = (folder: string): { version: string; dependencies?: Record<string, string> } =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string; dependencies?: Record<string, string> }

/** Hash of decant's own compiled code: results of other code are not mistaken for this one's. */
export function codeHash(): string {
  const hash = createHash('sha256')
  for (const file of readdirSync(distribution, { recursive: true, encoding: 'utf8' }).sort()) {
    if (/\.(js|ts)$/.test(file)) hash.update(file).update(readFileSync(join(distribution, file)))
  }
  return hash.digest('hex').slice(0, 16)
}
