import type { Doc } from '../core/doc.ts'
import { isSpace } from './python.ts'

/** Number of code points of a string: Python's `len`. A lone surrogate counts as one. */
export function codePoints(text: string): number {
  if (!surrogate.test(text)) return text.length
  let pairs = 0
  for (let i = 0; i < text.length - 1; i++) {
    if ((text.charCodeAt(i) & 0xfc00) === 0xd800 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) {
      pairs++
      i++
    }
  }
  return text.length - pairs
}

const surrogate = /[\ud800-\udfff]/

/** View: code points of a document's text. */
export const codePointCount = (doc: Doc): number => codePoints(doc.text)

/** View: code points of a document's text that are no white space (Python's `str.isspace`). */
export function nonSpaceCount(doc: Doc): number {
  let spaces = 0
  for (let i = 0; i < doc.text.length; i++) if (isSpace(doc.text.charCodeAt(i))) spaces++
  return doc.view(codePointCount) - spaces
}
