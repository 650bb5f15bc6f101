import { StorageError, type Store } from './store.ts'
import { hasCredentials, schemeOf, withoutCredentials } from './url.ts'

const load: Record<string, () => Promise<{ default: Store }>> = {
  http: () => import('./stores/https.ts'),
  https: () => import('./stores/https.ts'),
  s3: () => import('./stores/s3.ts'),
  hf: () => import('./stores/hf.ts'),
}

/** Schemes of URLs that can be read. */
export const schemes: readonly string[] = Object.keys(load)

/** The store that a URL belongs to, loaded when it is first used. Throws a StorageError for a scheme that is none of them. */
export async function storeOf(url: string): Promise<Store> {
  const found = load[schemeOf(url) ?? '']
  if (!found) throw new StorageError(url, `cannot read ${schemeOf(url)}:// URLs`, { hint: `schemes that work: ${schemes.join(', ')}` })
  // Plans, logs and errors would show them.
  if (hasCredentials(url))
    throw new StorageError(withoutCredentials(url), 'a URL must not hold a user or password', { hint: 'download the file first' })
  return (await found()).default
}
