import type { Doc } from '../core/doc.ts'

const separators = /[^a-zA-Z0-9]+/

/** View: the distinct runs of ASCII letters and digits in a document's address, as they are written. */
export const urlWords = (doc: Doc): ReadonlySet<string> => new Set(doc.url.split(separators))

/** An address or list entry as its ASCII letters and digits only, in lower case: `Free-Porn` → `freeporn`. */
export const asciiAlphanumerics = (text: string): string => text.split(separators).join('').toLowerCase()

/** Entries of a list in the form that is compared with addresses. */
export const normalizedEntries = (entries: Iterable<string>): string[] =>
  [...new Set([...entries].map(asciiAlphanumerics))].filter((entry) => entry !== '')
