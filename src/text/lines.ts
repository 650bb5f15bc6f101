import { z } from 'zod'
import type { Doc } from '../core/doc.ts'
import { isSpace, splitLines, strip } from './python.ts'

const splits = {
  // "a\n\nb\n" → ["a", "", "b", ""]
  newline: (text: string) => text.split('\n'),
  // "a\n\nb\n" → ["a", "", "b"]
  newline_ends: (text: string) => withoutLastEmpty(text.split('\n')),
  // "a\n\nb\n" → ["a", "b", ""]
  newline_runs: (text: string) => text.split(/\n+/),
  // "a\n \nb\n" → ["a", "b"]
  not_blank: (text: string) => text.split('\n').filter((line) => !isBlank(line)),
  // " a \n \nb\n" → ["a", "b"]
  trimmed: (text: string) => trimmed(text.split('\n')),
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
      'where lines end: newline (each one), newline_ends (each one, and none begins behind the last one), newline_runs (one or more), not_blank (each one, blank lines left out), trimmed (the same, without white space around them), python (str.splitlines)',
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

function withoutLastEmpty(lines: string[]): string[] {
  if (lines.at(-1) === '') lines.pop()
  return lines
}

const trimmed = (segments: readonly string[]): string[] => segments.map(strip).filter((segment) => segment !== '')

const paragraphSplits = {
  // "a\n\n\n b" → ["a", " b"]; one for an empty text
  blank_lines: (doc: Doc) => strip(doc.text).split(/\n{2,}/),
  // "a\n\n\n b" → ["a", "b"]; none for an empty text
  trimmed: (doc: Doc) => trimmed(doc.text.split('\n\n')),
} satisfies Record<string, (doc: Doc) => string[]>

export type ParagraphSplit = keyof typeof paragraphSplits

/** The `paragraph_split` option of rules over paragraphs. */
export const paragraphSplitOption = z
  .enum(Object.keys(paragraphSplits) as [ParagraphSplit, ...ParagraphSplit[]])
  .default('blank_lines')
  .describe(
    'where paragraphs end: blank_lines (two or more newlines), trimmed (each two newlines, without white space around and empty ones)',
  )

/** View: the paragraphs of a document. */
export const paragraphsBy = (split: ParagraphSplit): ((doc: Doc) => string[]) => paragraphSplits[split]

/** A text without some of its lines, by number. */
export function withoutLines(text: string, numbers: readonly number[]): string {
  const gone = new Set(numbers)
  return text
    .split('\n')
    .filter((_, i) => !gone.has(i))
    .join('\n')
}

/** View: number of newlines. */
export function newlineCount(doc: Doc): number {
  let count = 0
  for (let at = doc.text.indexOf('\n'); at >= 0; at = doc.text.indexOf('\n', at + 1)) count++
  return count
}
