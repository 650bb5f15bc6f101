/** A file of a store. */
export interface StoredFile {
  url: string
  /** Size in bytes. */
  bytes: number
  /** Changes when the content does (an ETag, or a date); '' where the store says nothing, or where content never changes. */
  tag: string
}

/** What a store answers to a request for bytes. */
export interface StoreAnswer {
  status: number
  /** Names in lower case. */
  headers: Readonly<Record<string, string | undefined>>
  body: AsyncIterable<Uint8Array>
  /** Give up the rest of the body. */
  discard(): void
}

/** Bytes [start, end) of a file; `end` may be missing. */
export interface Wanted {
  start: number
  end?: number
}

/** Does something until it works, or fails for good. */
export type Again = <T>(once: () => Promise<T>) => Promise<T>

/**
 * Where files are that are not on this machine. Each scheme of URLs is a file in `stores/`. A store sends single requests and throws a StorageError
 * where there is an answer that says no; trying again, resuming and checking is done by `fetching.ts` for all of them.
 */
export interface Store {
  /** The files that a URL means: one, all below a prefix, or those that match a pattern. Each request is made through `again`, which tries until it works. */
  find(pattern: string, again: Again): Promise<StoredFile[]>
  /** Request bytes, of the file with this tag if it is not ''. */
  get(url: string, wanted: Wanted, tag: string): Promise<StoreAnswer>
  /** Write a whole file; with `onlyNew`, unless one of that name is there. Returns whether it was written. */
  put?(url: string, body: Uint8Array, options: { onlyNew: boolean }): Promise<boolean>
  /** Write many local files below a URL in one step, and remove those there that `isOurs` recognizes and that are not among them. */
  commit?(root: string, files: readonly { path: string; name: string }[], isOurs: (name: string) => boolean): Promise<void>
  copy?(from: string, to: string): Promise<void>
  remove?(url: string): Promise<void>
}

/** Why bytes are not there: an answer of the store, or that there is none. */
export class StorageError extends Error {
  override readonly name = 'StorageError'
  /** For whoever sorts errors by codes, as those of the system have. */
  readonly code = 'ESTORAGE'
  constructor(
    readonly url: string,
    message: string,
    readonly about: {
      /** It may help to try again; after so many milliseconds, if the store says so. */
      retry?: { after?: number } | undefined
      hint?: string | undefined
      /** Of the answer, if there was one. */
      status?: number
    } = {},
  ) {
    super(message)
  }
}

/** An answer that is no success, as an error. Statuses that pass by themselves may be tried again. */
export function refused(url: string, status: number, headers: StoreAnswer['headers'] = {}, more = ''): StorageError {
  const passing = status === 408 || status === 425 || status === 429 || (status >= 500 && status !== 501 && status !== 505)
  const said = meanings[status] ?? `the server answered ${status}`
  const retry = passing ? retryAfter(headers) : undefined
  return new StorageError(url, more === '' ? said : `${said} (${more})`, { retry, hint: hints[status], status })
}

const meanings: Record<number, string> = {
  401: 'access is refused: the server wants credentials (401)',
  403: 'access is refused (403)',
  404: 'no such file (404)',
  410: 'the file is gone (410)',
  412: 'the file has changed since it was listed',
  416: 'the file ends before the bytes asked for (416)',
  429: 'the server asks for fewer requests (429)',
  503: 'the server is overloaded (503)',
}

const credentials = 'set credentials as for the command-line tools of the store (docs/remote.md)'
const hints: Record<number, string> = { 401: credentials, 403: credentials, 412: 'plan the run again' }

function retryAfter(headers: StoreAnswer['headers']): { after?: number } {
  const said = headers['retry-after']
  if (said === undefined) return {}
  const seconds = /^\d+$/.test(said) ? Number(said) : (Date.parse(said) - Date.now()) / 1000
  return Number.isFinite(seconds) ? { after: Math.max(0, seconds * 1000) } : {}
}
