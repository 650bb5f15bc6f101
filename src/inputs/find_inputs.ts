import { accessSync, constants, existsSync, readdirSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, join, normalize, resolve } from 'node:path'
import { UserError } from '../core/errors.ts'
import { ByteSource, type Bytes } from '../formats/byte_source.ts'
import { type Detected, detectFormat } from '../formats/detect_format.ts'
import { fetchRange, findFiles } from '../storage/fetching.ts'
import { RemoteBytes } from '../storage/remote_bytes.ts'
import { StorageError, type StoredFile } from '../storage/store.ts'
import { hasCredentials, isUrl, withoutCredentials } from '../storage/url.ts'
import { draw } from './draw.ts'
import { indexRows, writeIndex } from './index_tables.ts'
import type { Input, InputOptions } from './input.ts'
import { below, namesIn } from './lists.ts'
import { isStream, saveStream } from './streams.ts'

/** A file that was named, before it is looked at. */
interface NamedFile {
  path: string
  /** Of a URL that was listed. */
  stored?: StoredFile
  /** Of an index: the bytes of its records. */
  reads?: number
}

/**
 * Resolve what the user names to a sorted list of files: paths, globs, folders (all files below), URLs, pipes, and lists of such (`@FILE`). A file
 * that several names or links lead to is read once. Throws a UserError for what is not there.
 */
export async function findInputs(patterns: readonly string[], options: InputOptions = {}): Promise<Input[]> {
  const found: NamedFile[] = []
  const skipped: string[] = []
  const streams = new Set<string>()
  if (hasCredentials(options.base ?? ''))
    throw new UserError(
      `--base ${withoutCredentials(options.base!)}: a URL must not hold a user or password`,
      'plans and errors would show it',
    )
  for (const pattern of new Set(patterns)) found.push(...(await expand(pattern, options, skipped, streams)))
  tellSkipped(skipped, options)
  const named = once(found)
  // Of an index, records have been drawn.
  const files = named.filter(({ reads }) => reads === undefined)
  const drawn = options.take && files.length > 0 ? draw(files, ({ path }) => path, options.take, options.seed ?? 1) : files
  const chosen = [...drawn, ...named.filter(({ reads }) => reads !== undefined)].sort((a, b) => (a.path < b.path ? -1 : 1))
  return await look(await sized(chosen, options))
}

/** Each file once, whatever it is called, under the first of its names. */
function once(found: readonly NamedFile[]): NamedFile[] {
  const files = new Map<string, NamedFile>()
  for (const each of [...found].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))) {
    const file = isUrl(each.path) || !existsSync(each.path) ? each.path : realpathSync(each.path)
    const known = files.get(file)
    if (!known || isBlob(known.path)) files.set(file, each)
  }
  return [...files.values()]
}

/** Whether a name is that of a file in Hugging Face's cache, to which links with better names lead. */
const isBlob = (path: string): boolean => /\/blobs\/[0-9a-f]{40,64}$/.test(path)

async function expand(pattern: string, options: InputOptions, skipped: string[], streams: Set<string>): Promise<NamedFile[]> {
  if (pattern.startsWith('@')) return await expandList(pattern.slice(1), options)
  if (isUrl(pattern)) return (await filesAt(pattern)).filter(({ path }) => path === pattern || isNoSideFile(path, skipped))
  if (isStream(pattern)) return [{ path: await saveStream(pattern, keepIn(pattern, options), streams) }]
  return (await expandPath(pattern, skipped)).map((path) => ({ path: normalize(path) }))
}

function keepIn(pattern: string, options: InputOptions): string {
  if (!options.keepIn)
    throw new UserError(`-i ${pattern}: cannot be read without a folder to keep it in`, 'name the folder of the run with -o')
  return options.keepIn()
}

async function filesAt(url: string): Promise<NamedFile[]> {
  const shown = withoutCredentials(url)
  try {
    const stored = await findFiles(url)
    if (stored.length === 0)
      throw new UserError(`-i ${shown}: no file there`, 'check the name; folders and patterns such as s3://bucket/crawl/*.warc.gz work too')
    return stored.map((file) => ({ path: file.url, stored: file }))
  } catch (error) {
    if (error instanceof StorageError) throw new UserError(`-i ${shown}: ${error.message}`, error.about.hint)
    throw error
  }
}

/** What a list names: inputs, one a line, or records of an index. */
async function expandList(list: string, options: InputOptions): Promise<NamedFile[]> {
  const files = isUrl(list) ? (await filesAt(list)).map(({ path }) => path) : await expandPath(list, [])
  const found: NamedFile[] = []
  for (const file of files) {
    const source = opened(`@${list}`, file)
    try {
      const rows = await indexRows(source)
      if (rows) {
        const { base, take, seed = 1 } = options
        found.push(await writeIndex(rows, { base, take, seed, folder: keepIn(`@${list}`, options), from: file }))
        continue
      }
      for await (const name of namesIn(source)) {
        const path = below(options.base, name)
        const stats = isUrl(path) ? undefined : statSync(path, { throwIfNoEntry: false })
        if (!isUrl(path) && !stats?.isFile())
          throw new UserError(
            `-i @${file}: lists ${path}, which ${stats ? 'is not a file' : 'does not exist'}`,
            'names are relative to --base, or to the working directory',
          )
        found.push({ path })
      }
    } catch (error) {
      if (error instanceof StorageError) throw new UserError(`-i @${file}: ${error.message}`, error.about.hint)
      throw error
    } finally {
      source.close()
    }
  }
  if (found.length === 0) throw new UserError(`-i @${list}: the list is empty`)
  return found
}

function opened(name: string, path: string): ByteSource {
  try {
    return new ByteSource(path, 1 << 20)
  } catch (error) {
    if (error instanceof StorageError) throw new UserError(`-i ${name}: ${error.message}`, error.about.hint)
    throw new UserError(`-i ${name}: cannot be read (${(error as NodeJS.ErrnoException).code ?? (error as Error).message})`)
  }
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

async function expandPath(pattern: string, skipped: string[]): Promise<string[]> {
  const stats = statSync(pattern, { throwIfNoEntry: false })
  if (stats?.isFile()) return [pattern]
  const glob = await loadGlob()
  if (stats?.isDirectory()) {
    readable(pattern)
    const folder = (isRun(pattern) ? join(pattern, 'data') : pattern).replace(/\/+$/, '')
    const all = await filesMatching(`${glob.escapePath(folder)}/**/*`)
    const files = all.filter((path) => isNoSideFile(path, skipped))
    if (files.length > 0) return files
    const why =
      all.length > 0
        ? `holds no data: only ${basename(all[0]!)} and the like`
        : isRun(pattern)
          ? 'the run has no data yet'
          : 'the folder is empty'
    throw new UserError(`-i ${pattern}: ${why}`)
  }
  if (!glob.isDynamicPattern(pattern)) throw new UserError(`-i ${pattern}: no such file or folder`, nearestTo(dirname(pattern)))
  let files: string[]
  try {
    files = await filesMatching(pattern)
  } catch (error) {
    throw new UserError(`-i ${pattern}: ${(error as Error).message}`)
  }
  if (files.length === 0) throw new UserError(`-i ${pattern}: no file matches`, nearestTo(glob.generateTasks(pattern)[0]?.base ?? '.'))
  return files.filter((path) => isNoSideFile(path, skipped))
}

/** Whether a folder is that of a run, whose texts are in `data`. */
const isRun = (folder: string): boolean => existsSync(join(folder, 'plan.json')) && existsSync(join(folder, 'splits'))

/** Files that lie beside data without being any: what tools and people leave in the folders of data sets. */
const sideFiles =
  /^(?:_SUCCESS|_committed_.*|_started_.*|_metadata|_common_metadata|README(?:\.\w+)?|LICENSE(?:\.\w+)?|LICENCE(?:\.\w+)?|CITATION\.cff|dataset_info\.json|dataset_infos\.json|state\.json|dataset_dict\.json|manifest\.json|.*\.(?:md5|sha256|crc|md|yaml|yml|html|py|ipynb))$|^\./i

function isNoSideFile(path: string, skipped: string[]): boolean {
  if (!sideFiles.test(basename(path))) return true
  skipped.push(path)
  return false
}

function tellSkipped(skipped: readonly string[], { say }: InputOptions): void {
  if (skipped.length === 0) return
  const some = skipped.slice(0, 3).map((path) => basename(path))
  say?.(`passed over by name: ${some.join(', ')}${skipped.length > 3 ? ` and ${skipped.length - 3} more` : ''}`)
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

/** How many files of a list are asked for at once. */
const asksAtOnce = 16

/** With size and tag of every URL; those of lists are asked for one by one. */
async function sized(found: readonly NamedFile[], { say }: InputOptions): Promise<NamedFile[]> {
  const sizes = [...found]
  const unknown = found.flatMap(({ path, stored }, i) => (isUrl(path) && !stored ? [i] : []))
  let [next, done] = [0, 0]
  const lane = async (): Promise<void> => {
    while (next < unknown.length) {
      const i = unknown[next++]!
      const { path } = found[i]!
      const [file, other] = await filesAt(path)
      if (other) throw new UserError(`-i ${path}: names several files`, 'a list names one file a line; name folders and patterns with -i')
      // Under the name that the store gave it, which may be that of a revision.
      sizes[i] = { ...found[i]!, ...file! }
      if (++done % 1000 === 0) say?.(`asked for the size of ${done} of ${unknown.length} files`)
    }
  }
  await Promise.all(Array.from({ length: Math.min(asksAtOnce, unknown.length) }, lane))
  return sizes
}

/** All after the first dot: files of one kind have the same. */
const suffixOf = (path: string): string => /\.[^/]*$/.exec(basename(path))?.[0].replace(/^.*?(\.[a-z]\w*(?:\.(?:gz|zst))?)$/i, '$1') ?? ''

/**
 * Detect formats. Of files in stores, one of each kind of name is opened, so that a plan does not take a request for each; their tasks look at each
 * again. One that cannot be had is its task's trouble, if another of its kind can.
 */
async function look(found: readonly NamedFile[]): Promise<Input[]> {
  const kinds = new Map<string, Detected>()
  const failures: UserError[] = []
  const seen: (Pick<Input, 'bytes' | 'detected'> | undefined)[] = []
  for (const { path, stored } of found) {
    const suffix = suffixOf(path)
    if (!stored) seen.push(await lookAt(path, stored))
    else if (stored.bytes === 0) seen.push({ bytes: 0, detected: { kind: 'empty' } })
    else if (kinds.has(suffix)) seen.push(undefined)
    else {
      try {
        const each = await lookAt(path, stored)
        seen.push(each)
        if (suffix !== '' && each.detected.kind === 'known') kinds.set(suffix, each.detected)
      } catch (error) {
        if (!(error instanceof UserError)) throw error
        failures.push(error)
        seen.push(undefined)
      }
    }
  }
  return found.map(({ path, stored, reads }, i) => {
    const detected = seen[i]?.detected ?? kinds.get(suffixOf(path))
    if (!detected) throw failures[0]!
    const bytes = seen[i]?.bytes ?? stored!.bytes
    return { path, bytes, detected, ...(stored ? { tag: stored.tag } : {}), ...(reads === undefined ? {} : { reads }) }
  })
}

/** Enough to tell what a file is. */
const headBytes = 1 << 16

/** A file in a store whose beginning is here already; whatever else is wanted of it is fetched. */
async function headOf(stored: StoredFile): Promise<Bytes> {
  const head = await fetchRange(stored, 0, Math.min(headBytes, stored.bytes))
  let rest: RemoteBytes | undefined
  return {
    size: stored.bytes,
    readInto(bytes, offset) {
      if (offset + bytes.length <= head.length) head.copy(bytes, 0, offset)
      // All of it lies before what is read block by block.
      else (rest ??= new RemoteBytes(stored, { start: stored.bytes, end: stored.bytes })).readInto(bytes, offset)
    },
    close: () => rest?.close(),
  }
}

async function lookAt(path: string, stored: StoredFile | undefined): Promise<Pick<Input, 'bytes' | 'detected'>> {
  try {
    if (!stored) accessSync(path, constants.R_OK)
    const source = new ByteSource(path, headBytes, stored && (await headOf(stored)))
    try {
      return { bytes: source.size, detected: await detectFormat(source) }
    } finally {
      source.close()
    }
  } catch (error) {
    if (error instanceof StorageError) throw new UserError(`-i ${path}: ${error.message}`, error.about.hint)
    throw new UserError(`-i ${path}: cannot be read (${(error as NodeJS.ErrnoException).code ?? (error as Error).message})`)
  }
}
