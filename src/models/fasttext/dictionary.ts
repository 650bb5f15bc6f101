import { ByteStringTable } from '../../tokenizers/byte_strings.ts'
import type { FastTextFile } from './file.ts'
import type { Workplace } from './memory.ts'

/** The word that stands for the end of a line in training. */
export const endOfText = '</s>'
const endOfTextBytes = new TextEncoder().encode(endOfText)
const labelPrefix = new TextEncoder().encode('__label__')
const [openMark, closeMark] = [0x3c, 0x3e]

/**
 * A function that finds which rows of the input matrix a word adds up (fastText's `Dictionary`): its own and those of its parts. They are written to
 * the workplace's rows from `at` on, which must be in their first half; for a long word, `full` makes room there, and returns the new `at`. Returns
 * the `at` behind them, or -1 when the word is a label, which is no part of the text.
 */
export function wordFinder(file: FastTextFile, place: Workplace, full: (at: number) => number) {
  const { wordCount, maxPart, minPart } = file
  const entries = ByteStringTable.of(file.entries)
  const { kernels, rows, rowsAt, word, wordAt } = place
  /** Parts that begin in so many bytes fit into half of the rows. */
  const step = Math.max(1, Math.floor((rows.length / 2 - 1) / Math.max(1, maxPart)))
  const lookAhead = 4 * maxPart

  function addParts(bytes: Uint8Array, start: number, end: number, at: number): number {
    const length = end - start + 2
    for (let from = 0; from < length; from += step) {
      if (from > 0 && at > rows.length / 2) at = full(at)
      const to = Math.min(length, from + step)
      const last = Math.min(length, to + lookAhead)
      // byte i of the marked word is bytes[start + i - 1]
      for (let i = from; i < last; i++) word[i - from] = i === 0 ? openMark : i === length - 1 ? closeMark : bytes[start + i - 1]!
      const [begins, ends] = [from === 0, last === length]
      at += kernels.partRows(wordAt, wordAt + last - from, wordAt, wordAt + to - from, begins, ends, minPart, maxPart, rowsAt + 4 * at)
    }
    return at
  }

  return (bytes: Uint8Array, start: number, end: number, hash: number, at: number): number => {
    const index = entries.indexOf(bytes, start, end, hash)
    if (index === -1 ? startsWith(bytes, start, end, labelPrefix) : index >= wordCount) return -1
    if (index !== -1) rows[at++] = index
    return maxPart > 0 && !isEndOfText(bytes, start, end) ? addParts(bytes, start, end, at) : at
  }
}

export const isEndOfText = (bytes: Uint8Array, start: number, end: number): boolean =>
  end - start === endOfTextBytes.length && startsWith(bytes, start, end, endOfTextBytes)

function startsWith(bytes: Uint8Array, start: number, end: number, prefix: Uint8Array): boolean {
  if (end - start < prefix.length) return false
  for (let i = 0; i < prefix.length; i++) if (bytes[start + i] !== prefix[i]) return false
  return true
}
