import type { Doc } from '../core/doc.ts'

/** View: the text in lower case. */
export const lowerCase = (doc: Doc): string => doc.text.toLowerCase()
