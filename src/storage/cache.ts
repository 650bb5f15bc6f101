import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sha256 } from '../core/hash.ts'
import type { StoredFile } from './store.ts'

// Blocks that were fetched, kept on disk: a file each, so that any number of processes may share a folder.

/** Of a listed file without a tag, nobody can say whether it is still the same: it is not kept. */
const folderFor = ({ tag, bytes }: StoredFile): string | undefined =>
  tag === '' && Number.isFinite(bytes) ? undefined : process.env.DECANT_CACHE
const limit = (): number => Number(process.env.DECANT_CACHE_BYTES) || 100 * 2 ** 30

/** Names begin with the file, so that those of one file lie side by side. */
const pathOf = (root: string, { url, tag }: StoredFile, start: number, end: number): string =>
  join(root, `${sha256(`${url}\n${tag}`).slice(0, 24)}-${start}-${end}`)

/** A block that was fetched before, of the file as it is now. */
export function cached(file: StoredFile, start: number, end: number): Buffer | undefined {
  const root = folderFor(file)
  if (root === undefined) return undefined
  const path = pathOf(root, file, start, end)
  try {
    const stored = readFileSync(path)
    const bytes = stored.subarray(0, -digestBytes)
    if (bytes.length !== end - start || !digestOf(bytes).equals(stored.subarray(-digestBytes))) return undefined
    const now = new Date()
    utimesSync(path, now, now)
    // A buffer of its own, which can be handed to another thread.
    const own = Buffer.allocUnsafeSlow(bytes.length)
    bytes.copy(own)
    return own
  } catch {
    return undefined
  }
}

const digestBytes = 32
const digestOf = (bytes: Buffer): Buffer => Buffer.from(sha256(bytes), 'hex')

/** Since this thread last looked for what to delete; it looks when it first writes, since many short runs fill a cache too. */
let written = Number.POSITIVE_INFINITY

/** Keep a block. A cache that cannot be written to is none. */
export function keep(file: StoredFile, start: number, end: number, bytes: Buffer): void {
  const root = folderFor(file)
  if (root === undefined) return
  const path = pathOf(root, file, start, end)
  const aside = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}.part`
  try {
    mkdirSync(root, { recursive: true })
    writeFileSync(aside, bytes)
    writeFileSync(aside, digestOf(bytes), { flag: 'a' })
    renameSync(aside, path)
    written += bytes.length
    // Looking through the folder takes time, so not for each block.
    if (written >= Math.min(limit() / 20, 2 ** 30)) {
      written = 0
      deleteOldest(root)
    }
  } catch {
    if (existsSync(aside)) rmSync(aside)
  }
}

function deleteOldest(root: string): void {
  const files = readdirSync(root).flatMap((name) => {
    const stat = statSync(join(root, name), { throwIfNoEntry: false })
    return stat ? [{ path: join(root, name), bytes: stat.size, used: stat.mtimeMs }] : []
  })
  let total = files.reduce((sum, { bytes }) => sum + bytes, 0)
  for (const { path, bytes } of files.sort((a, b) => a.used - b.used)) {
    if (total <= limit()) break
    rmSync(path, { force: true })
    total -= bytes
  }
}
