import type { StoreAnswer } from './store.ts'

/** What says whether a file has changed: its ETag, else its date. */
export const tagOf = (headers: StoreAnswer['headers']): string => headers.etag ?? headers['last-modified'] ?? ''

const isETag = (tag: string): boolean => /^(?:W\/)?"/.test(tag)

/** Whether two tags may be of the same content: a weak ETag equals the strong one, and an ETag says nothing about a date. */
export const areAlike = (a: string, b: string): boolean =>
  a === '' || b === '' || isETag(a) !== isETag(b) || a.replace(/^W\//, '') === b.replace(/^W\//, '')
