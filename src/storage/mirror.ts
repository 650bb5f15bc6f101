import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ask } from './ask.ts'

// A folder in a store, and a local one that holds what this process has made or needed of it. What counts is in the store: others write there too.

const marker = '.remote'
const mirrors = new Map<string, Mirror | undefined>()

/** The store that a local folder is a copy of, if it is one. */
export function mirrorOf(dir: string): Mirror | undefined {
  if (!mirrors.has(dir)) {
    const path = join(dir, marker)
    mirrors.set(dir, existsSync(path) ? new Mirror(dir, readFileSync(path, 'utf8')) : undefined)
  }
  return mirrors.get(dir)
}

/** What the user calls a folder of a run: its URL, where it is a copy. */
export const shownFolder = (dir: string): string => mirrorOf(dir)?.url ?? dir

/** Make a local folder a copy of one in a store; nothing is fetched yet. */
export function beginMirror(dir: string, url: string): Mirror {
  mkdirSync(dir, { recursive: true })
  writeFileSync(join(dir, marker), url.replace(/\/+$/, ''))
  mirrors.delete(dir)
  return mirrorOf(dir)!
}

export class Mirror {
  constructor(
    readonly dir: string,
    readonly url: string,
  ) {}

  urlOf(path: string): string {
    return `${this.url}/${path}`
  }

  /** Paths and sizes of what the store has below a folder. */
  list(folder = ''): Map<string, number> {
    const from = folder === '' ? `${this.url}/` : `${this.urlOf(folder)}/`
    return new Map(ask('find', { pattern: from }).map(({ url, bytes }) => [url.slice(this.url.length + 1), bytes]))
  }

  /** Have a file here, unless the store has none. Files under the same name do not change, but for those that `refresh` is asked for. */
  fetch(...paths: readonly string[]): void {
    this.refresh(...paths.filter((path) => !existsSync(join(this.dir, path))))
  }

  /** Fetch files anew, and forget those that the store does not have any more. */
  refresh(...paths: readonly string[]): void {
    if (paths.length === 0) return
    const found = ask('download', { files: paths.map((path) => ({ url: this.urlOf(path), path: join(this.dir, path) })) })
    for (const [i, path] of paths.entries()) if (!found[i]) rmSync(join(this.dir, path), { force: true })
  }

  /** Have all files of a folder here. */
  fetchAll(folder: string): void {
    this.fetch(...this.list(folder).keys())
  }

  /** Write a file of this folder to the store; with `onlyNew`, unless one of its name is there. Whether it was written. */
  push(path: string, { onlyNew = false } = {}): boolean {
    return ask('put', { files: [{ url: this.urlOf(path), path: join(this.dir, path) }], onlyNew })[0]!
  }

  /** Write all files below a folder to the store. */
  pushAll(folder: string, options: { onlyNew?: boolean; but?: string } = {}): void {
    const names = readdirSync(join(this.dir, folder), { recursive: true, encoding: 'utf8' })
    const paths = names.filter((name) => name !== options.but).map((name) => join(folder, name))
    const files = paths.filter((path) => statSync(join(this.dir, path)).isFile())
    ask('put', { files: files.map((path) => ({ url: this.urlOf(path), path: join(this.dir, path) })), onlyNew: options.onlyNew ?? false })
  }

  /** Give files in the store other names, all of which are in it. */
  move(moves: readonly { from: string; to: string }[]): void {
    ask('copy', { files: moves.map(({ from, to }) => ({ from: this.urlOf(from), to: this.urlOf(to) })) })
    this.remove(...moves.map(({ from }) => from))
  }

  remove(...paths: readonly string[]): void {
    if (paths.length > 0) ask('remove', { urls: paths.map((path) => this.urlOf(path)) })
  }

  /** Remove all below a folder; `first` before the others. */
  removeAll(folder: string, first?: string): void {
    const paths = [...this.list(folder).keys()]
    if (first !== undefined) this.remove(...paths.filter((path) => path === join(folder, first)))
    this.remove(...paths.filter((path) => path !== join(folder, first ?? '')))
  }

  /** The text of a file, as it is now. */
  text(path: string): string | undefined {
    this.refresh(path)
    const file = join(this.dir, path)
    return existsSync(file) ? readFileSync(file, 'utf8') : undefined
  }

  /** Write a text, with `onlyNew` unless there is one. Whether it was written. */
  putText(path: string, text: string, options: { onlyNew?: boolean } = {}): boolean {
    const aside = `${path}.${process.pid}.part`
    mkdirSync(dirname(join(this.dir, path)), { recursive: true })
    writeFileSync(join(this.dir, aside), text)
    const files = [{ url: this.urlOf(path), path: join(this.dir, aside) }]
    const [isWritten] = ask('put', { files, onlyNew: options.onlyNew ?? false })
    rmSync(join(this.dir, aside))
    return isWritten!
  }
}
