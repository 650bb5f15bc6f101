import type { StoreAnswer } from './store.ts'

/** What says whether a file has changed: its ETag, else its date. */
export const tagOf = (headers: StoreAnswer['headers']): string => headers.etag ?? headers['last-modified'] ?? ''
