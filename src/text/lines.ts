import { z } from 'zod'
import type { Doc } from '../core/doc.ts'
import { codePoints } from './code_points.ts'
import { isSpace, splitLines, strip } from './python.ts'

const splits = {
  // "a\n\nb\n" → ["a", "", "b", ""]
  newline: (text: string) => text.split('\n'),
  // "a\n\nb\n" → ["a", "b", ""]
  newline_runs: (text: string) => text.split(/\n+/),
  // "a\n \nb\n" → ["a", "b"]
  not_blank: (text: string) => text.split('\n').filter((line) => !isBlank(line)),
  // "a\r\n\u2028b\n" → ["a", "", "b"]
  python: splitLines,
} satisfies Record<string, (text: string) => string[]>

export type LineSplit = keyof typeof splits

/** The `line_split` option of rules over lines, whose default differs from recipe to recipe. */
export const lineSplitOption = (fallback: LineSplit): z.ZodDefault<z.ZodEnum<{ [name in LineSplit]: name }>> =>
  z
    .enum(Object.keys(splits) as [LineSplit, ...LineSplit[]])
    .default(fallback)
    .describe(
      'where lines end: newline (each one), newline_runs (one or more), not_blank (each one, blank lines left out), python (str.splitlines)',
    ) as z.ZodDefault<z.ZodEnum<{ [name in LineSplit]: name }>>

const lineViews = Object.fromEntries(Object.entries(splits).map(([name, split]) => [name, (doc: Doc) => split(doc.text)])) as Record<
  LineSplit,
  (doc: Doc) => string[]
>

/** View: the lines of a document. */
export const linesBy = (split: LineSplit): ((doc: Doc) => string[]) => lineViews[split]

function isBlank(line: string): boolean {
  for (let i = 0; i < line.length; i++) if (!isSpace(line.charCodeAt(i))) return false
  return true
}

/** View: paragraphs, which blank lines ("\n\n") separate; one for an empty text. */
export const paragraphs = (doc: Doc): string[] => strip(doc.text).split(/\n{2,}/)

/** How many of the elements have stood there before, and how many code points they have together. */
export interface Duplicates {
  elements: number
  chars: number
  /** Of all elements. */
  count: number
}

function duplicates(elements: readonly string[]): Duplicates {
  const seen = new Set<string>()
  let repeated = 0
  let chars = 0
  for (const element of elements) {
    if (!seen.has(element)) {
      seen.add(element)
      continue
    }
    repeated++
    chars += codePoints(element)
  }
  return { elements: repeated, chars, count: elements.length }
}

/** View: repeated paragraphs. */
export const duplicateParagraphs = (doc: Doc): Duplicates => duplicates(doc.view(paragraphs))

const duplicateViews = Object.fromEntries(
  Object.entries(lineViews).map(([name, lines]) => [name, (doc: Doc) => duplicates(doc.view(lines))]),
) as Record<LineSplit, (doc: Doc) => Duplicates>

/** View: repeated lines. */
export const duplicateLinesBy = (split: LineSplit): ((doc: Doc) => Duplicates) => duplicateViews[split]

/** View: number of newlines. */
export function newlineCount(doc: Doc): number {
  let count = 0
  for (let at = doc.text.indexOf('\n'); at >= 0; at = doc.text.indexOf('\n', at + 1)) count++
  return count
}
