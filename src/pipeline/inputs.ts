import { accessSync, constants, existsSync, readdirSync, realpathSync, statSync } from 'node:fs'
import { dirname, normalize, resolve } from 'node:path'
import { UserError } from '../core/errors.ts'
import { ByteSource } from '../formats/byte_source.ts'
import { type Detected, detectFormat } from '../formats/detect_format.ts'

/** A file to read. */
export interface Input {
  path: string
  bytes: number
  detected: Detected
}

/**
 * Resolve paths, globs and folders (all files below) to a sorted list of files. A file that several names or links lead to is read once. Throws a
 * UserError for what is not there.
 */
export async function findInputs(patterns: readonly string[]): Promise<Input[]> {
  const names = new Set<string>()
  for (const pattern of patterns) for (const path of await expand(pattern)) names.add(normalize(path))
  const files = new Map<string, string>()
  for (const name of [...names].sort()) {
    const file = realpathSync(name)
    if (!files.has(file)) files.set(file, name)
  }
  const inputs: Input[] = []
  for (const path of files.values()) inputs.push(await look(path))
  return inputs
}

/** What is there instead: the folder and some of its files, or the first folder above that exists. */
function nearestTo(folder: string): string {
  let existing = resolve(folder)
  while (!existsSync(existing)) existing = dirname(existing)
  if (existing !== resolve(folder)) return `${folder}/ does not exist; ${existing} does`
  const names = readdirSync(existing).sort()
  return names.length === 0
    ? `${existing} is empty`
    : `${existing} holds ${names.slice(0, 3).join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''}`
}

/** Most commands name files, and do without it. */
const loadGlob = async () => (await import('fast-glob')).default

async function expand(pattern: string): Promise<string[]> {
  refuseRemote('-i', pattern)
  const stats = statSync(pattern, { throwIfNoEntry: false })
  if (pattern === '-' || stats?.isFIFO() || stats?.isCharacterDevice() || stats?.isSocket())
    throw new UserError(`-i ${pattern}: a pipe; inputs must be files, which can be read again`, 'save it to a file first')
  if (stats?.isFile()) return [pattern]
  const glob = await loadGlob()
  if (stats?.isDirectory()) {
    readable(pattern)
    const folder = pattern.replace(/\/+$/, '')
    const files = await filesMatching(`${glob.escapePath(folder)}/**/*`)
    if (files.length === 0) throw new UserError(`-i ${pattern}: the folder is empty`)
    return files
  }
  if (!glob.isDynamicPattern(pattern)) throw new UserError(`-i ${pattern}: no such file or folder`, nearestTo(dirname(pattern)))
  let files: string[]
  try {
    files = await filesMatching(pattern)
  } catch (error) {
    throw new UserError(`-i ${pattern}: ${(error as Error).message}`)
  }
  if (files.length === 0) throw new UserError(`-i ${pattern}: no file matches`, nearestTo(glob.generateTasks(pattern)[0]?.base ?? '.'))
  return files
}

/** Links to files are files; linked folders are not entered, since they may lead round in circles. */
async function filesMatching(pattern: string): Promise<string[]> {
  const glob = await loadGlob()
  const paths = await glob(pattern, { followSymbolicLinks: false, onlyFiles: false })
  return paths.filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile())
}

function readable(path: string): void {
  try {
    accessSync(path, constants.R_OK | constants.X_OK)
    readdirSync(path)
  } catch (error) {
    throw new UserError(`-i ${path}: cannot be read (${(error as NodeJS.ErrnoException).code})`)
  }
}

async function look(path: string): Promise<Input> {
  try {
    accessSync(path, constants.R_OK)
    const source = new ByteSource(path, 1 << 16)
    try {
      return { path, bytes: source.size, detected: await detectFormat(source) }
    } finally {
      source.close()
    }
  } catch (error) {
    throw new UserError(`-i ${path}: cannot be read (${(error as NodeJS.ErrnoException).code ?? (error as Error).message})`)
  }
}

/** Throws a UserError for URLs: files must be here. */
export function refuseRemote(option: string, path: string): void {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(path)) return
  const hint =
    option === '-o' ? 'name a local folder, and copy it when the run is done' : 'download it first, for example with curl -O or aws s3 cp'
  throw new UserError(`${option} ${path}: not a local path; decant reads and writes local files`, hint)
}
