import { existsSync, readFileSync, statSync } from 'node:fs'
import * as nodeModule from 'node:module'
import { basename, dirname, extname, isAbsolute, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Barrier } from '../core/barrier.ts'
import type { Doc } from '../core/doc.ts'
import type { Editor } from '../core/editor.ts'
import { UserError } from '../core/errors.ts'
import type { Filter } from '../core/filter.ts'
import type { Stage } from '../core/stage.ts'

// Steps of the user's own: modules outside of decant, which "- use: ./upper_ratio.ts" names. Such a step is known by the path of its file.

export const isOwn = isAbsolute

/** What a step of one's own is called: its file, or the folder of an index file. */
export function ownName(path: string): string {
  const name = basename(path, extname(path))
  return name === 'index' ? basename(dirname(path)) : name
}

const endings = ['.ts', '.mts', '.js', '.mjs']

/** Whether a name is that of a file or folder, and not of a package. */
export const isPath = (named: string): boolean => /^\.{0,2}[/\\]/.test(named) || /^\.\.?$/.test(named) || endings.includes(extname(named))

/**
 * The file that `use` names: relative to `folder` a file (its ending may be left out) or a folder with an index file, or else a package or a file
 * of one, as Node finds packages; undefined where there is none.
 */
export const findModule = (named: string, folder: string): string | undefined =>
  isPath(named) ? fileAt(resolve(folder, named)) : fileOfPackage(named, folder)

function fileAt(path: string): string | undefined {
  const isFile = (each: string): boolean => statSync(each, { throwIfNoEntry: false })?.isFile() === true
  return [path, ...endings.map((ending) => path + ending), ...endings.map((ending) => join(path, `index${ending}`))].find(isFile)
}

/** A package's module: its `exports` for imports, else its `main`. */
function fileOfPackage(named: string, folder: string): string | undefined {
  const [, name, inside] = /^((?:@[^/]+\/)?[^/]+)(?:\/(.+))?$/.exec(named) ?? []
  if (name === undefined) return undefined
  for (let place = folder; ; place = dirname(place)) {
    const root = join(place, 'node_modules', name)
    if (existsSync(join(root, 'package.json'))) {
      const { exports, main } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { exports?: Exports; main?: string }
      const target = exports === undefined ? undefined : exported(exports, inside === undefined ? '.' : `./${inside}`)
      if (exports !== undefined) return target === undefined ? undefined : fileAt(join(root, target))
      return fileAt(join(root, inside ?? main ?? '.'))
    }
    if (dirname(place) === place) return undefined
  }
}

type Exports = string | null | { [key: string]: Exports }

function exported(exports: Exports, path: string): string | undefined {
  if (exports === null) return undefined
  if (typeof exports === 'string') return path === '.' ? exports : undefined
  const isTable = Object.keys(exports).some((key) => key.startsWith('.'))
  const entry = isTable ? exports[path] : path === '.' ? exports : undefined
  return entry === undefined ? undefined : underConditions(entry)
}

function underConditions(entry: Exports): string | undefined {
  if (entry === null || typeof entry === 'string') return entry ?? undefined
  for (const condition of Object.keys(entry)) {
    const found = ['node', 'import', 'module-sync', 'default'].includes(condition) ? underConditions(entry[condition]!) : undefined
    if (found !== undefined) return found
  }
  return undefined
}

const kinds = ['filter', 'editor', 'stage', 'barrier']

/** Load a step of one's own. Throws a UserError that says what is wrong with its module. */
export async function loadOwn(path: string): Promise<Filter | Editor | Stage | Barrier> {
  if (/\.m?ts$/.test(path) && !(process.features as { typescript?: unknown }).typescript)
    throw new UserError(
      `${path}: Node ${process.versions.node} does not run TypeScript`,
      'use Node 22.18 or newer, or compile the file and name the .js',
    )
  serveLibrary()
  let step: Filter | Editor | Stage | Barrier | undefined
  try {
    step = ((await import(pathToFileURL(path).href)) as { default?: typeof step }).default
  } catch (error) {
    if (error instanceof UserError) throw error
    throw new UserError(`${path}: cannot be loaded: ${(error as Error).message}`)
  }
  if (step === undefined || !kinds.includes(step?.kind))
    throw new UserError(`${path}: its default export is no step`, `write "export default filter({ … })", with filter from 'decant'`)
  if (step.kind === 'filter') {
    const { measure } = step
    return { ...step, measure: async (options, measured) => numeric(await measure(options, measured)) }
  }
  if (step.kind !== 'editor') return step
  const { edit } = step
  return { ...step, edit: async (options) => textual(await edit(options)) }
}

const numeric =
  (measure: (doc: Doc) => number) =>
  (doc: Doc): number => {
    const value: unknown = measure(doc)
    if (typeof value === 'number') return value
    if (typeof value === 'boolean') return Number(value)
    throw new TypeError(`measures ${String(value)}, which is no number`)
  }

const textual =
  (edit: (doc: Doc) => string) =>
  (doc: Doc): string => {
    const text: unknown = edit(doc)
    if (typeof text === 'string') return text
    throw new TypeError(`makes ${String(text)}, which is no text`)
  }

const library = new URL(import.meta.url.endsWith('.ts') ? '../index.ts' : '../index.js', import.meta.url).href

type Resolve = (specifier: string, context: object, next: (specifier: string, context: object) => object) => object
let isServed = false

/** What modules import as `decant` is this program's own library, wherever they lie and whatever is installed there. */
function serveLibrary(): void {
  if (isServed) return
  isServed = true
  const { registerHooks } = nodeModule as { registerHooks?(hooks: { resolve: Resolve }): void }
  if (registerHooks) {
    registerHooks({
      resolve: (specifier, context, next) => (specifier === 'decant' ? { url: library, shortCircuit: true } : next(specifier, context)),
    })
    return
  }
  const hooks = `export const resolve = (specifier, context, next) =>
    specifier === 'decant' ? { url: ${JSON.stringify(library)}, shortCircuit: true } : next(specifier, context)`
  nodeModule.register(`data:text/javascript,${encodeURIComponent(hooks)}`)
}

/** The version of a package that a module of the user's imports; '' where there is none. */
export function versionNear(name: string, path: string): string {
  for (let place = dirname(path); ; place = dirname(place)) {
    const file = join(place, 'node_modules', name, 'package.json')
    if (existsSync(file)) return (JSON.parse(readFileSync(file, 'utf8')) as { version?: string }).version ?? ''
    if (dirname(place) === place) return ''
  }
}
