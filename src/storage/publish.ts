import { readFileSync } from 'node:fs'
import { findFiles, persistently } from './fetching.ts'
import { StorageError } from './store.ts'
import { storeOf } from './stores.ts'

/** A local file, and what it is called where it is published. */
export interface PublishedFile {
  path: string
  name: string
}

/**
 * Write files below a URL, in place of those of earlier times that `isOurs` recognizes by their names there. What a reader may begin with comes last. Calls
 * `onFile` after each, where a store takes one at a time.
 */
export async function publishFiles(
  url: string,
  files: readonly PublishedFile[],
  { isOurs, onFile }: { isOurs(name: string): boolean; onFile?(file: PublishedFile): void },
): Promise<void> {
  const store = await storeOf(url)
  const root = url.replace(/\/+$/, '')
  if (store.commit) return await store.commit(root, files, isOurs)
  const { put, remove } = store
  if (!put || !remove) throw new StorageError(url, 'cannot be written to', { hint: 'publish to s3:// or hf://' })
  const wanted = new Set(files.map(({ name }) => name))
  const there = await findFiles(`${root}/`)
  for (const file of files) {
    await persistently(root, () => put(`${root}/${file.name}`, readFileSync(file.path), { onlyNew: false }))
    onFile?.(file)
  }
  for (const { url: old } of there) {
    const name = old.slice(root.length + 1)
    if (isOurs(name) && !wanted.has(name)) await persistently(root, () => remove(old))
  }
}
