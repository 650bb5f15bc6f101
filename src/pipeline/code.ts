import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sha256 } from '../core/hash.ts'
import { versionNear } from './own_steps.ts'

// What results depend on beside inputs and pipeline: the code that makes them, and the packages that this code uses.

const distribution = fileURLToPath(new URL('..', import.meta.url))
const packageFolder = join(distribution, '..')

interface Package {
  version: string
  dependencies?: Record<string, string>
}
const readPackage = (folder: string): Package => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Package

export const version = (): string => readPackage(packageFolder).version

/** A source file: its hash, what it imports, and the packages that it names. */
interface Module {
  hash: string
  imports: string[]
  packages: string[]
}

const modules = new Map<string, Module>()

function readModule(path: string): Module {
  const known = modules.get(path)
  if (known) return known
  const text = readFileSync(path, 'utf8')
  const own = isOutside(path) && /['"]decant['"]/.test(text) ? libraryParts() : []
  const imports = [...text.matchAll(/\b(?:from|import)\s*\(?\s*(['"])(\.{1,2}\/[^'"\n]+)\1/g)].map(([, , target]) =>
    join(dirname(path), target!),
  )
  // A package is imported, or a file of it is resolved: in both cases its name begins a string.
  const quoted = new Set([...text.matchAll(/['"`]((?:@[\w.-]+\/)?[\w.-]+)(?=[/'"`])/g)].map(([, name]) => name!))
  const packages = isOutside(path)
    ? [...text.matchAll(/\b(?:from|import)\s*\(?\s*(['"])((?:@[\w.-]+\/)?[\w-][\w.-]*)(?=\/|\1)/g)].flatMap(([, , name]) =>
        name === 'decant' ? [] : name!,
      )
    : Object.keys(readPackage(packageFolder).dependencies ?? {}).filter((name) => quoted.has(name))
  // What looks like an import inside a string leads nowhere.
  const found = { hash: sha256(text), imports: [...imports.filter((target) => existsSync(target)), ...own], packages }
  modules.set(path, found)
  return found
}

/** What steps of the user's import as `decant`, without the functions that run pipelines. */
function libraryParts(): string[] {
  const index = join(distribution, import.meta.url.endsWith('.ts') ? 'index.ts' : 'index.js')
  return readModule(index).imports.filter((target) => !target.startsWith(join(distribution, 'library')))
}

/** Whether a file is none of decant's: a step of the user's. */
const isOutside = (path: string): boolean => relative(distribution, path).startsWith('..')

/** Every file that these lead to by imports, themselves included, sorted. */
function closureOf(entries: readonly string[]): string[] {
  const found = new Set(entries)
  for (const path of found) for (const target of readModule(path).imports) found.add(target)
  return [...found].sort()
}

/**
 * Hash of the code that files lead to by imports, and of the versions of the packages it uses. Paths are relative to decant's own code, or, of
 * a step of the user's, to its file. What they do not import (reports, commands, other steps) changes nothing.
 */
export function codeOf(...paths: readonly string[]): string {
  const hash = createHash('sha256')
  const used = new Map<string, string>()
  for (const path of closureOf(paths)) {
    const { hash: own, packages } = readModule(path)
    hash.update(`${relative(isOutside(path) ? dirname(paths[0]!) : distribution, path)} ${own}\n`)
    for (const name of packages) used.set(name, isOutside(path) ? versionNear(name, path) : installedVersion(name))
  }
  for (const [name, found] of [...used].sort()) hash.update(`${name} ${found}\n`)
  return hash.digest('hex').slice(0, 16)
}

/** Hash of the code that runs any task, whatever its steps, and of what Node brings along. */
export function engineCode(): string {
  const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js'
  const { v8, unicode = '' } = process.versions
  return sha256(`${codeOf(fileURLToPath(new URL(`./run_task${extension}`, import.meta.url)))} ${v8} ${unicode}`).slice(0, 16)
}

const versions = new Map<string, string>()

function installedVersion(name: string): string {
  let found = versions.get(name)
  if (found === undefined) {
    let folder = dirname(createRequire(import.meta.url).resolve(name))
    while (basename(folder) !== name.split('/').at(-1) && folder !== dirname(folder)) folder = dirname(folder)
    found = readPackage(folder).version
    versions.set(name, found)
  }
  return found
}
