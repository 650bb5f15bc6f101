import type { Doc } from '../core/doc.ts'

const separators = /[^a-zA-Z0-9]+/

/** View: the distinct runs of ASCII letters and digits in a document's address, as they are written. */
export const urlWords = (doc: Doc): ReadonlySet<string> => new Set(doc.url.split(separators))

/** View: the distinct runs of letters, digits and "_" (Python's `\\w`) in a document's address, in lower case. */
export const urlWordsInLowerCase = (doc: Doc): ReadonlySet<string> => new Set(doc.url.toLowerCase().match(/[\p{L}\p{N}_]+/gu))

/** An address or list entry as its ASCII letters and digits only, in lower case: `Free-Porn` → `freeporn`. */
export const asciiAlphanumerics = (text: string): string => text.split(separators).join('').toLowerCase()

/** Entries of a list in the form that is compared with addresses. */
export const normalizedEntries = (entries: Iterable<string>): string[] =>
  [...new Set([...entries].map(asciiAlphanumerics))].filter((entry) => entry !== '')
