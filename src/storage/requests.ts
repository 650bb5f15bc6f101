import type { StorageError, StoredFile } from './store.ts'

/** Bytes [start, end) of a file. */
export interface RemoteBlock {
  file: StoredFile
  start: number
  end: number
}

/** What can be asked of the storage thread. */
export interface Requests {
  /** The files that a URL or pattern means. */
  find: { request: { pattern: string }; result: StoredFile[] }
  /** One block of a file; those `ahead` are fetched meanwhile, and all others forgotten. */
  read: { request: { block: RemoteBlock; ahead: RemoteBlock[] }; result: Uint8Array }
  /** A block that is beside the way of those that `read` asks for. */
  readBeside: { request: { block: RemoteBlock }; result: Uint8Array }
  /** Forget what was fetched ahead, and what is kept of a file. */
  close: { request: { url: string }; result: null }
  /** Fetch whole files to local paths, several at once. Which of them there are. */
  download: { request: { files: { url: string; path: string }[] }; result: boolean[] }
  /** Copy files of one store, several at once, without moving their bytes through here. */
  copy: { request: { files: { from: string; to: string }[] }; result: null }
  /** Write local files to URLs, several at once; with `onlyNew`, unless one is there. Which were written. */
  put: { request: { files: { url: string; path: string }[]; onlyNew: boolean }; result: boolean[] }
  remove: { request: { urls: string[] }; result: null }
}

export type Request = { [K in keyof Requests]: { id: number; kind: K; request: Requests[K]['request'] } }[keyof Requests]

export type Outcome =
  | { id: number; result: unknown }
  | { id: number; failure: { message: string; code?: string; url?: string; about?: StorageError['about'] } }
